-- wrk.lua - has wrk print what it counted as one line of JSON.
function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      'wrk: {"exchanges": %d, "seconds": %.6f, "other_codes": %d, ' ..
      '"connect": %d, "read": %d, "write": %d, "timeout": %d, ' ..
      '"p50_us": %d, "p75_us": %d, "p90_us": %d, "p99_us": %d, ' ..
      '"p999_us": %d, "most_us": %d}\n',
      summary.requests, summary.duration / 1e6, errors.status,
      errors.connect, errors.read, errors.write, errors.timeout,
      latency:percentile(50), latency:percentile(75), latency:percentile(90),
      latency:percentile(99), latency:percentile(99.9), latency.max))
end
