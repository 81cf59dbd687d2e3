-- mix.lua - what wrk sends in a soak: pages, forms, and requests with faults.
local form = string.rep("name=some+value%20and&", 20)
local requests = {
    "GET /some/random/url?name=test&name=test2&blah=foo HTTP/1.1\r\n" ..
        "Host: a\r\nUser-Agent: soak\r\nAccept: */*\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "POST /form?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: " .. #form ..
        "\r\n\r\n" .. form,
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" ..
        "5;x=y\r\na=1&b\r\n2\r\n=2\r\n0\r\nTrailer: z\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\n\r\n",
    "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
    "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\n" ..
        "Content-Length: 3\r\n\r\na=1",
}
local count = 0

request = function()
    count = count + 1
    -- every other one is the page, as most of a server's requests are
    if count % 2 == 0 then
        return requests[1]
    end
    return requests[math.floor(count / 2) % #requests + 1]
end
