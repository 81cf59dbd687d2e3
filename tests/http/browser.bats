# browser.bats - the page in a real browser.
# stages: 6
# bats file_tags=ours
# hint: Open the page in your own browser, with its console. What does it complain
#   about?
#
# The browser is Debian's chromium, without a screen. chromedriver drives it, and curl
# asks chromedriver (WebDriver, https://www.w3.org/TR/webdriver2/). If SCREENSHOT names
# a file, a picture of the page is written there.

load helper

teardown() {
    if [[ -n ${session-} ]]; then
        curl -q -sS --noproxy '*' -X DELETE "$driver/session/$session" \
            >"$BATS_TEST_TMPDIR/reply" || true
    fi
    if [[ -n ${driver_pid-} ]]; then
        kill "$driver_pid" || true
        wait "$driver_pid" || true
    fi
}

# webdriver PATH [JSON]: sets reply.
webdriver() {
    reply=$(curl -q -sS --noproxy '*' --max-time 30 ${2+--data "$2"} \
        "$driver/session$1" 3>&-)
    [[ $reply != *'"value":{"error":'* ]] || fail "$1 ${2-}: $reply"
}

driver_listens() {
    grep -q 'started successfully on port' "$BATS_TEST_TMPDIR/driver"
}

driver_listens_or_ended() {
    driver_listens || ! kill -0 "$driver_pid" 2>/dev/null
}

# It takes a port that is free for IPv6, and gives up if that port is not free for IPv4.
# So it may have to be tried again.
start_driver() {
    chromedriver --port=0 >"$BATS_TEST_TMPDIR/driver" 2>&1 3>&- &
    driver_pid=$!
    wait_until 20 driver_listens_or_ended
    driver_listens
}

start_browser() {
    local arguments='"--headless=new","--no-sandbox","--disable-gpu"'

    arguments+=',"--no-first-run","--disable-background-networking"'
    arguments+=',"--disable-component-update","--disable-sync"'
    arguments+=',"--no-proxy-server","--window-size=1280,800"'
    arguments+=',"--disable-dev-shm-usage"'
    arguments+=",\"--user-data-dir=$BATS_TEST_TMPDIR/profile\""
    start_driver || start_driver || start_driver ||
        fail "$(<"$BATS_TEST_TMPDIR/driver")"
    driver=$(sed -n 's/.*successfully on port \([0-9]*\).*/\1/p' \
        "$BATS_TEST_TMPDIR/driver")
    driver=http://127.0.0.1:$driver
    webdriver '' "{\"capabilities\":{\"alwaysMatch\":{\
\"goog:loggingPrefs\":{\"browser\":\"ALL\"},\
\"goog:chromeOptions\":{\"args\":[$arguments]}}}}"
    [[ $reply =~ '"sessionId":"'([^\"]+)'"' ]] || fail "$reply"
    session=${BASH_REMATCH[1]}
}

# find_element SELECTOR: sets element.
find_element() {
    webdriver "/$session/element" \
        "{\"using\":\"css selector\",\"value\":\"$1\"}"
    [[ $reply =~ '"element-'[0-9a-f-]+'":"'([^\"]+)'"' ]] || fail "$reply"
    element=${BASH_REMATCH[1]}
}

fill_in() {
    find_element "$1"
    webdriver "/$session/element/$element/value" "{\"text\":\"$2\"}"
}

press() {
    find_element "$1"
    webdriver "/$session/element/$element/click" '{}'
}

# evaluate EXPRESSION: sets reply to {"value":...} of it in the page.
evaluate() {
    webdriver "/$session/execute/sync" \
        "{\"script\":\"return $1\",\"args\":[]}"
}

# shows TEXT: the visible text of the page has it.
shows() {
    evaluate 'document.body.innerText'
    [[ $reply == *"$1"* ]]
}

# bats test_tags=id:chromium
@test "Chromium shows the page, wraps a long path and sends its form (skipped if not installed)" {
    if ! command -v chromedriver >/dev/null ||
        ! command -v chromium >/dev/null; then
        echo '# left out: chromium or chromedriver is not installed' >&3
        return
    fi
    start_browser
    webdriver "/$session/url" "{\"url\":\"$URL/some/path\"}"
    wait_until 10 shows 'hello, /some/path'

    fill_in 'input[name=name]' 'Zoë & <b>ü</b>'
    fill_in 'input[name=message]' 'a+b=50% 😀'
    press 'button[formmethod=get]'
    wait_until 10 shows 'value=a+b=50% 😀; ' || fail "$reply"
    shows 'key=name; value=Zoë & <b>ü</b>; ' || shows 'value=Zoë & \u003Cb>ü' ||
        fail "$reply"
    evaluate 'location.search'
    [[ $reply == *'?name=Zo%C3%AB+%26+%3Cb%3E'* ]] || fail "$reply"

    fill_in 'input[name=name]' 'posted & <i>ß'
    fill_in 'input[name=message]' 'line'
    press 'button[formmethod=post]'
    wait_until 10 shows 'POST data' || fail "$reply"
    shows 'key=name; value=posted & ' || fail "$reply"
    shows 'key=message; value=line; ' || fail "$reply"
    evaluate 'document.querySelectorAll(\"li b, li i\").length'
    assert_equal "$reply" '{"value":0}'

    # The policy allows the style, and the browser complains about nothing.
    evaluate 'getComputedStyle(document.querySelector(\"li\")).whiteSpace'
    assert_equal "$reply" '{"value":"pre-wrap"}'
    webdriver "/$session/se/log" '{"type":"browser"}'
    assert_equal "$reply" '{"value":[]}'

    if [[ -n ${SCREENSHOT-} ]]; then
        webdriver "/$session/screenshot"
        reply=${reply#*'"value":"'}
        base64 -d <<<"${reply%%'"'*}" >"$SCREENSHOT"
    fi

    # A long path wraps: you scroll the page, never a box in it, and never sideways.
    webdriver "/$session/url" "{\"url\":\"$URL/$(printf '%04000d' 7)\"}"
    wait_until 10 shows 'hello, /0000' || fail "$reply"
    evaluate 'getComputedStyle(document.querySelector(\"h1\")).overflowY'
    assert_equal "$reply" '{"value":"visible"}'
    evaluate 'document.documentElement.scrollWidth <= innerWidth'
    assert_equal "$reply" '{"value":true}'
}
