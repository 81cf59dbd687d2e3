# post.bats - POST data on the page.
# stages: 6
# hint: Print the content right after you have read it. Is it all there, and nothing
#   more? Then look at how it is parsed.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# assert_data QUERY_PAIRS POST_PAIRS: the page has the pairs of the query and then,
# under a heading, those of the POST data; each list is one string, with a line per
# pair.
assert_data() {
    local expected=$1

    [[ -z $2 ]] || expected+=${1:+$'\n'}heading$'\n'$2
    # The list of the query may have a heading, and so may the end of the page and POST
    # data without a pair.
    assert_lines "$expected" "$(page_lines | awk -v query="$1" '
        /^heading/ { heading = 1; next }
        heading && (count || query == "") { print "heading" }
        { print; count++; heading = 0 }')"
}

# bats test_tags=assignment,post-data,id:post-curl
@test "curl -d shows the path, the query, and then the POST data" {
    fetch '/form?q=1' -d 'a=1&b=%26+x'
    assert_says_hello '/form'
    assert_data 'key=q; value=1; ' \
        $'key=a; value=1; \nkey=b; value=&amp; x; '
}

# bats test_tags=assignment,post-data,id:post-decoded
@test "POST data is decoded in the same way as a query" {
    fetch / --data-binary 'b=2&a=b=c&a=2%2B2&a+b=c+d&e%26f=%3D&g=%C3%BC'
    assert_data '' 'key=b; value=2; 
key=a; value=b=c; 
key=a; value=2+2; 
key=a b; value=c d; 
key=e&amp;f; value==; 
key=g; value=ü; '
}

# bats test_tags=ours,id:post-decoded-oddities
@test "empty names, broken escapes and odd bytes are shown as in a query" {
    fetch / --data-binary '&b=&a&=c&a=2%2B2&%zz=100%&d;e=f&g=%C3%BC%FF%00'
    assert_data '' 'key=b; value=; 
key=a; value=; 
key=; value=c; 
key=a; value=2+2; 
key=%zz; value=100%; 
key=d;e; value=f; 
key=g; value=ü��; '
}

# bats test_tags=assignment,post-data,id:post-escaped
# hint: Do you escape everything from the client that you put on the page, keys as well
#   as values?
@test "HTML in POST data is escaped" {
    fetch / --data-binary $'<b>="\'&</li>=%3Ci%3E'
    assert_data '' 'key=&lt;b&gt;; value=&quot;&#39;; 
key=&lt;/li&gt;; value=&lt;i&gt;; '
}

# bats test_tags=ours,id:post-bytes
@test "non-ASCII bytes, LF and NUL in POST data are shown as in a query" {
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n' \
        'send a=\xc3\xbc\0\xff&b=\n\r'
    assert_pairs 'key=a; value=ü��' $'key=b; value=\x03\r' # \x03 is an LF
}

# bats test_tags=http,post-data,id:post-no-length
# hint: Without a length and without chunks, there is no content. Does your server wait
#   for any?
@test "a POST without Content-Length shows an empty list" {
    ask 'send POST /p?a=b HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_says_hello '/p'
    assert_data 'key=a; value=b; ' ''
}

# bats test_tags=assignment,post-data,id:post-empty
# hint: With a length of 0, recv must not be called again. What does the condition of
#   your loop say?
@test "a POST of 0 bytes shows an empty list" {
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'
    assert_data '' ''
}

# bats test_tags=http,post-data,id:post-empty-chunks
@test "a POST with no chunk except the last shows an empty list" {
    ask 'send POST / HTTP/1.1\r\nHost: a\r\n' \
        'send Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    assert_data '' ''
}

# bats test_tags=http,post-data,id:post-http10
@test "an HTTP/1.0 POST without Host gets the page" {
    ask 'send POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\na=1'
    assert_data '' 'key=a; value=1; '
}

# bats test_tags=http,post-data,id:post-absolute
@test "a POST to an absolute URL gets the page" {
    ask 'send POST http://a/p?q HTTP/1.1\r\nHost: a\r\n' \
        'send Content-Length: 3\r\n\r\na=1'
    assert_says_hello '/p'
    assert_data 'key=q; value=; ' 'key=a; value=1; '
}

# bats test_tags=http,post-data,id:get-shows-no-post-data
# hint: For which methods do you read content? With GET, delegate gets NULL for POST
#   data.
@test "a GET with content shows no POST data" {
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1'
    assert_says_hello '/'
    assert_pairs
}

# bats test_tags=http,errors,id:post-multipart
# hint: Do you look at Content-Type before you read the content?
@test "a multipart form from curl gets 415" {
    fetch / -F a=1
    assert_answer 415
}

# bats test_tags=ours,id:post-late-line-end
# hint: What is still unread when you close the socket? It came after the content.
@test "a CR LF long after a POST costs nothing of a large answer" {
    expect_mib 16
    raw_client 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n' \
        'repeat 8000000 a' 'pause 300' 'send \r\n' 'pause 100' read
    (($(wc -c <"$came") > 8000000))
    assert_equal "$(tail -n 1 "$came")" '</html>'
}

# bats test_tags=ours,id:own-post-page
# hint: Compare the lines between <main> and <form> with those of the stage. Which
#   differs?
@test "the page for a POST is exactly this one, byte for byte" {
    fetch '/p?a=1' -d b=2
    assert_answer 200 '<ul>
<li>key=a; value=1; </li>
</ul>
<h2>POST data</h2>
<ul>
<li>key=b; value=2; </li>
</ul>
<form'
    fetch /p -d ''
    assert_answer 200 '<h1>hello, /p</h1>
<h2>POST data</h2>
<ul>
</ul>
<form'
    fetch /p
    assert_answer 200 '<h1>hello, /p</h1>
<form'
}
