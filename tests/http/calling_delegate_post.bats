# calling_delegate_post.bats - what delegate is called with for a POST.
# SERVER_STAND_IN calls the delegate in stand_in_delegate.c instead of its own.
# stages: 6
# hint: Let the first line of delegate print its arguments to standard error, and ask
#   with curl -d. Which of them is wrong?

# shellcheck disable=SC2154 # helper.bash sets them
export shared_server=$SERVER_STAND_IN
load helper
load calling

# bats test_tags=assignment,post-data,id:called-for-post
@test "a POST calls delegate with POST and the path" {
    call '/called/form?q=1' -d a=1
    assert_called request_type=POST
    assert_called path=/called/form
}

# bats test_tags=assignment,post-data,id:called-with-post-data
# hint: Is the content parsed in the same way as a query, and passed on as post_data?
@test "delegate gets the pairs of the POST data, decoded and in order" {
    call /called -d 'name=test&name=two+words&blah=1%2B1'
    assert_called post_data=3 'post_data name=test' 'post_data name=two%20words' \
        'post_data blah=1+1'
}

# bats test_tags=assignment,post-data,id:called-with-both
# hint: A POST may have a query, too. Do you keep two forms, one for each?
@test "for a POST with a query, delegate gets two separate forms" {
    call '/called?in=query' -d in=content
    assert_called get_data=1 'get_data in=query'
    assert_called post_data=1 'post_data in=content'
}
