// Plain HTTP requests over libcurl, in our own nouns.
//
// Why C at all: curl_easy_setopt, curl_easy_getinfo and curl_multi_setopt are C variadic functions shadowed by
// macros; Swift imports neither, and an argument of the wrong C type is undefined behaviour. So every option name,
// every lifetime and every curl type stays in CHoldfastCurl.c, and Swift never sees a CURL *.
//
// Threads: everything on one client happens on one thread, except holdfast_http_client_wake.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One set of connections, driven by one thread.
typedef struct holdfast_http_client holdfast_http_client;

// One request on its way to an answer.
typedef struct holdfast_http_transfer holdfast_http_transfer;

// Why there is no usable answer. The values are known to HTTPResponse.swift.
typedef enum holdfast_http_failure {
    HOLDFAST_HTTP_ANSWERED = 0,       // there is an answer; see `status`
    HOLDFAST_HTTP_UNREACHABLE = 1,    // could not resolve, or could not connect
    HOLDFAST_HTTP_TIMEOUT = 2,        // connected or not, the time was over
    HOLDFAST_HTTP_INTERRUPTED = 3,    // the connection broke before the answer was complete
    HOLDFAST_HTTP_MISCONFIGURED = 4,  // no repetition helps: bad URL, unknown protocol, certificate not accepted
    HOLDFAST_HTTP_TOO_LARGE = 5,      // the answer went on beyond every bound
    HOLDFAST_HTTP_OTHER = 6,          // anything else that libcurl reports
} holdfast_http_failure;

// What became of one transfer. Pointers stay valid until the next holdfast_http_client_take_finished on the same
// client.
typedef struct holdfast_http_result {
    uint64_t tag;
    int failure;
    int status;                  // 0 when there was no answer
    int64_t retry_after_seconds; // 0 when the answer did not ask for a pause
    int64_t new_connections;     // 0 when a kept connection was used
    const uint8_t *body;         // the first bytes, up to the transfer's bound
    size_t body_length;
    size_t body_received;        // larger than body_length when the answer was cut off
    const char *message;         // empty when there is an answer
} holdfast_http_result;

// Prepares libcurl and OpenSSL for the whole process, once; safe to call again. Returns false when libcurl cannot be
// had. Why: OpenSSL's own atexit handler can free what another thread still uses, so it is switched off before
// libcurl starts it.
bool holdfast_http_setup(void);

// A client without connections; NULL when there is no memory.
holdfast_http_client *holdfast_http_client_create(void);

// Halts what is under way without waiting for it, then frees everything.
void holdfast_http_client_destroy(holdfast_http_client *client);

// A transfer that is not under way yet. `tag` comes back in its result. Strings and bytes are copied.
holdfast_http_transfer *holdfast_http_transfer_create(uint64_t tag, const char *url);

// Connects to this Unix socket whatever the URL's host is.
void holdfast_http_transfer_set_unix_socket(holdfast_http_transfer *transfer, const char *path);

// Adds one header line, `Name: value`, or `Name:` to suppress one of libcurl's own.
void holdfast_http_transfer_add_header(holdfast_http_transfer *transfer, const char *line);

// Makes it a POST with this body; without this call it is a GET.
void holdfast_http_transfer_set_body(holdfast_http_transfer *transfer, const uint8_t *bytes, size_t length);

// Bounds in milliseconds, whole transfer and connecting alone, and the bytes of the answer to keep.
void holdfast_http_transfer_set_bounds(
    holdfast_http_transfer *transfer, int64_t timeout, int64_t connect_timeout, size_t response_limit);

// Hears the bytes of an answer as they come; false ends the transfer.
typedef bool (*holdfast_http_sink)(void *context, const uint8_t *bytes, size_t length);

// Gives the answer's bytes to `sink` and keeps none; such a transfer has no bound in time but that for connecting.
// `context` must live until the transfer is finished, or its client destroyed.
void holdfast_http_transfer_set_sink(holdfast_http_transfer *transfer, holdfast_http_sink sink, void *context);

// Takes the transfer over and starts it. Never fails: what is wrong with it comes back as its result.
void holdfast_http_client_begin(holdfast_http_client *client, holdfast_http_transfer *transfer);

// Moves every transfer on as far as it goes without waiting.
void holdfast_http_client_perform(holdfast_http_client *client);

// Waits until something can be moved on, the client is woken, or the time is over; milliseconds.
void holdfast_http_client_poll(holdfast_http_client *client, int timeout);

// Ends the current or the next wait; from any thread.
void holdfast_http_client_wake(holdfast_http_client *client);

// The next finished transfer; false when there is none.
bool holdfast_http_client_take_finished(holdfast_http_client *client, holdfast_http_result *result);

// Names the calling thread and keeps every signal away from it, so that signals reach the threads that expect them
// and a broken TLS connection raises no SIGPIPE (CURLOPT_NOSIGNAL leaves that to us). Why C: pthread_setname_np is a
// GNU extension that Swift does not import.
void holdfast_http_prepare_thread(const char *name);

#ifdef __cplusplus
}
#endif
