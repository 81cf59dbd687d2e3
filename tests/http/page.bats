# page.bats - the page with path and query.
# stages: 1 5 6
# hint: Ask with curl, and compare the list on the page with what you sent. Which pair
#   is missing, doubled, or decoded wrongly?

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# bats test_tags=assignment,get-data,id:homework-example
@test "the homework's example shows hello, the path and three pairs" {
    fetch '/some/random/url?name=test&name=test2&blah=foo'
    assert_says_hello '/some/random/url'
    assert_pairs 'key=name; value=test' 'key=name; value=test2' \
        'key=blah; value=foo'
}

# bats test_tags=assignment,get-data,id:path-alone
@test "a path without a query shows hello and the path, and no pairs" {
    fetch /a/path
    assert_says_hello '/a/path'
    assert_pairs
}

# bats test_tags=assignment,get-data,id:query-bare-mark
@test "a path with a bare ? shows the path without it, and no pairs" {
    ask 'send GET /? HTTP/1.1\r\nHost: a\r\n\r\n' # newer curls leave it out
    assert_says_hello '/'
    assert_pairs
}

# bats test_tags=assignment,get-data,id:query-repeated-keys
@test "the pairs are in the order sent, and repeated keys are all shown" {
    fetch '/?b=2&a=1&b=1&a=1&b=2'
    assert_pairs 'key=b; value=2' 'key=a; value=1' 'key=b; value=1' \
        'key=a; value=1' 'key=b; value=2'
}

# bats test_tags=ours,id:query-blanks
@test "empty names and values are shown; an empty pair is not" {
    fetch '/?a=&b&=c&&=&'
    assert_pairs 'key=a; value=' 'key=b; value=' 'key=; value=c' \
        'key=; value='
}

# bats test_tags=assignment,get-data,id:query-equals-in-value
@test "a value goes from the first = to the next &" {
    fetch '/?a=b=c&d==&e=?f/g'
    assert_pairs 'key=a; value=b=c' 'key=d; value==' 'key=e; value=?f/g'
}

# bats test_tags=assignment,get-data,id:query-plus-and-escapes
@test "in a query, + is a space, %2B a plus, and %26 no separator" {
    fetch '/?a+b=c+d&e%2Bf=g%2bh&i%26j=k%3Dl'
    assert_pairs 'key=a b; value=c d' 'key=e+f; value=g+h' \
        'key=i&amp;j; value=k=l'
}

# bats test_tags=ours,id:query-broken-escapes
@test "broken escapes in a query are shown as they were sent" {
    fetch '/?a=100%&b=%4&c=%zz&d=%%41&e=%4%41'
    assert_pairs 'key=a; value=100%' 'key=b; value=%4' 'key=c; value=%zz' \
        'key=d; value=%A' 'key=e; value=%4A'
}

# bats test_tags=ours,id:query-semicolon
@test "a ; in a query does not separate pairs" {
    fetch '/?a=1;b=2'
    assert_pairs 'key=a; value=1;b=2'
}

# bats test_tags=assignment,get-data,id:path-not-decoded
# hint: Do you decode the path, too? Only the query is decoded.
@test "the path is shown as it was sent, not decoded" {
    fetch '/%41/b+c/.././/d;e=f'
    assert_says_hello '/%41/b+c/.././/d;e=f'
}

# bats test_tags=assignment,get-data,id:page-escaped
# hint: Do you escape everything from the client that you put on the page: <, >, &, and
#   both quotes?
@test "HTML in a path or a query is escaped" {
    ask "send GET /<b>&\"' HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
    assert_says_hello '/&lt;b&gt;&amp;&quot;&#39;'
    fetch '/?%3Cscript%3E=%26amp;%22%27&<i>=</li>'
    assert_pairs 'key=&lt;script&gt;; value=&amp;amp;&quot;&#39;' \
        'key=&lt;i&gt;; value=&lt;/li&gt;'
}

# bats test_tags=assignment,get-data,id:query-utf8
@test "UTF-8 in a query is shown" {
    fetch '/?a=%C3%BC&b=%E2%82%AC%F0%9F%98%80'
    assert_pairs 'key=a; value=ü' 'key=b; value=€😀'
}

# bats test_tags=ours,id:query-not-utf8
@test "invalid UTF-8 in a path or a query is shown as U+FFFD" {
    fetch '/?c=%FF&d=%C3x&e=%E2%82y&f=%ED%A0%80'
    assert_pairs 'key=c; value=�' 'key=d; value=�x' 'key=e; value=�y' 'key=f; value=���'
    ask 'send GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_says_hello '/�'
    ask 'send GET /\xc3\xbc|{}^` HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_says_hello '/ü|{}^`'
}

# bats test_tags=ours,id:query-controls
@test "a NUL or another control in a query is shown as U+FFFD" {
    fetch '/?a%00b=c%00&d=%01%1F%7F&e=%C2%80'
    assert_pairs 'key=a�b; value=c�' 'key=d; value=���' 'key=e; value=�'
}

# bats test_tags=ours,id:query-white-space
@test "a tab, LF or CR in a query is kept" {
    fetch '/?a=b%09c%0D%0Ad'
    assert_pairs $'key=a; value=b\tc\r\x03d' # \x03 is an LF there
}

# bats test_tags=assignment,get-data,id:10000-pairs
# hint: Do you use an array or a buffer of a fixed size?
@test "all of 10,000 pairs are shown, in order" {
    ask 'send GET /?' 'repeat 10000 a=&' 'send b=c HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    assert_equal "$(pairs | wc -l)" 10001
    assert_equal "$(pairs | tail -n 1)" 'key=b; value=c; '
}

# bats test_tags=ours,id:page-html
# hint: page_begin and page_end in common/http/page.h make the frame. Do you call both,
#   with 200?
@test "the page is HTML5 in UTF-8, with a title, a style and security fields" {
    fetch /
    assert_field Content-Type 'text/html; charset=utf-8'
    assert_field X-Content-Type-Options nosniff
    assert_field Content-Security-Policy "default-src 'none';..."
    [[ $content == '<!DOCTYPE html>'* ]] || fail 'expected: <!DOCTYPE html> first'
    [[ $content =~ '<title>'[^\<]+'</title>' ]] || fail 'expected: a title'
    [[ $content == *'<meta charset="utf-8">'*'<style>'*'</style>'* ]] ||
        fail 'expected: <meta charset="utf-8">, and then a style'
}

# bats test_tags=ours,id:page-form
# hint: Which function in common/http/page.h puts the form on the page?
@test "the page has one form, with two fields and buttons for GET and POST" {
    fetch /
    assert_equal "$(grep -o '<form' <<<"$content" | wc -l)" 1
    assert_equal "$(grep -o '<input' <<<"$content" | wc -l)" 2
    assert_equal "$(grep -o '<button' <<<"$content" | wc -l)" 2
    [[ $content =~ formmethod=.get.*formmethod=.post ]] ||
        fail 'expected: a button with formmethod=get, then one with post'
}

# bats test_tags=ours,id:own-page
# hint: Compare the lines between <main> and <form> with those of the stage. Which
#   differs?
@test "the page of this project is exactly this one, byte for byte" {
    local list=$'<h1>hello, /p</h1>\n<ul>\n<li>key=a; value=1; </li>\n'

    list+=$'<li>key=b; value=; </li>\n</ul>\n<form'
    fetch '/p?a=1&b'
    assert_answer 200 "$list"
}
