/*
 * request_rows.h - whole requests, and what delegate is given for each; POST
 * only in stage 6.
 */
#ifndef UNIT_REQUEST_ROWS_H
#define UNIT_REQUEST_ROWS_H

#include "support_delegate.h"

static const struct request_row request_rows[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.0\r\n\r\n", "GET /\nget:NULL\npost:NULL\n", false},
    {"GET /p?a=1&b=&c&a=%26+x HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:a=1,b=,c=,a=& x\npost:NULL\n", false},
    {"GET /p? HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:empty\npost:NULL\n", false},
    {"HEAD /p?a=1 HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:a=1\npost:NULL\n", true},
    {"GET /a%20b/%2e/\xC3\xA9/<\"> HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /a%20b/%2e/\xC3\xA9/<\">\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET http://a.example:80/p?q=1?2 HTTP/1.1\r\nHost: a.example:80\r\n\r\n",
     "GET /p\nHost=a.example:80\nget:q=1?2\npost:NULL\n", false},
    {"GET http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
     "GET /\nHost=a.example\nget:NULL\npost:NULL\n", false},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.1\r\nX: 1\r\nHOST:a\r\nx: \t2, 3\t \r\nEmpty:\r\nX: 1\r\n"
     "\r\n",
     "GET /\nX=1\nHOST=a\nx=2, 3\nEmpty=\nX=1\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     "GET /\nHost=a\nContent-Length=0\nget:NULL\npost:NULL\n", false},
#if STAGE >= 6
    {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\na=1&b=%26+x",
     "POST /p\nHost=a\nContent-Length=11\nget:NULL\npost:a=1,b=& x\n", false},
    {"POST /p?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na",
     "POST /p\nHost=a\nContent-Length=1\nget:q=1\npost:a=\n", false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     "POST /p\nHost=a\nContent-Length=0\nget:NULL\npost:empty\n", false},
    {"POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\na=1",
     "POST /p\nContent-Length=3\nget:NULL\npost:a=1\n", false},
    {"POST /p? HTTP/1.1\r\nHost: a\r\n\r\n",
     "POST /p\nHost=a\nget:empty\npost:empty\n", false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\na=1\r\n1;x=\"y;\"\r\n&\r\nA\r\nb=23456789\r\n0\r\n"
     "Trailer: dropped\r\n\r\n",
     "POST /p\nHost=a\nTransfer-Encoding=chunked\nget:NULL\n"
     "post:a=1,b=23456789\n",
     false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     "POST /p\nHost=a\nTransfer-Encoding=chunked\nget:NULL\npost:empty\n",
     false},
#endif
};

#endif
