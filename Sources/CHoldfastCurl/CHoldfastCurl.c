#define _GNU_SOURCE
#include "CHoldfastCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

// Bytes of one answer that are read, kept or not: reading on keeps the connection usable, but not for ever.
static const size_t received_limit = 64u << 20;

struct holdfast_http_transfer {
    uint64_t tag;
    char *url;
    char *unix_socket;
    struct curl_slist *headers;
    uint8_t *body;
    size_t body_length;
    bool has_body;
    int64_t timeout;
    int64_t connect_timeout;
    size_t response_limit;
    holdfast_http_sink sink; // NULL for an answer that is kept
    void *sink_context;

    CURL *easy;
    CURLcode code;
    uint8_t *received;
    size_t received_kept;
    size_t received_capacity;
    size_t received_total;
    char error[CURL_ERROR_SIZE]; // libcurl writes here until the handle is gone

    holdfast_http_transfer *next;
};

struct holdfast_http_client {
    CURLM *multi;
    holdfast_http_transfer *active;
    holdfast_http_transfer *finished;
    holdfast_http_transfer *taken; // what the last result points into
};

// ---- process ----

static bool is_set_up = false;

static void set_up(void) {
    // OPENSSL_INIT_NO_ATEXIT. Through dlsym, so that we need neither OpenSSL's headers nor to know whether libcurl
    // uses it.
    const uint64_t no_atexit = 0x00080000;
    typedef int (*initialiser)(uint64_t, const void *);
    initialiser init_crypto = (initialiser)dlsym(RTLD_DEFAULT, "OPENSSL_init_crypto");
    if (init_crypto) init_crypto(no_atexit, NULL);
    is_set_up = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool holdfast_http_setup(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up);
    return is_set_up;
}

void holdfast_http_prepare_thread(const char *name) {
    char short_name[16]; // the kernel keeps 15 characters and refuses more
    snprintf(short_name, sizeof short_name, "%s", name);
    pthread_setname_np(pthread_self(), short_name);
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
}

// ---- transfer ----

holdfast_http_transfer *holdfast_http_transfer_create(uint64_t tag, const char *url) {
    holdfast_http_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) abort();
    transfer->tag = tag;
    transfer->url = strdup(url);
    transfer->timeout = 10000;
    transfer->connect_timeout = 3000;
    return transfer;
}

void holdfast_http_transfer_set_unix_socket(holdfast_http_transfer *transfer, const char *path) {
    free(transfer->unix_socket);
    transfer->unix_socket = strdup(path);
}

void holdfast_http_transfer_add_header(holdfast_http_transfer *transfer, const char *line) {
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (longer) transfer->headers = longer;
}

void holdfast_http_transfer_set_body(holdfast_http_transfer *transfer, const uint8_t *bytes, size_t length) {
    free(transfer->body);
    transfer->body = malloc(length ? length : 1);
    if (!transfer->body) abort();
    if (length) memcpy(transfer->body, bytes, length);
    transfer->body_length = length;
    transfer->has_body = true;
}

void holdfast_http_transfer_set_bounds(
    holdfast_http_transfer *transfer, int64_t timeout, int64_t connect_timeout, size_t response_limit) {
    transfer->timeout = timeout;
    transfer->connect_timeout = connect_timeout;
    transfer->response_limit = response_limit;
}

void holdfast_http_transfer_set_sink(holdfast_http_transfer *transfer, holdfast_http_sink sink, void *context) {
    transfer->sink = sink;
    transfer->sink_context = context;
}

static void destroy_transfer(holdfast_http_transfer *transfer) {
    if (!transfer) return;
    if (transfer->easy) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    free(transfer->url);
    free(transfer->unix_socket);
    free(transfer->body);
    free(transfer->received);
    free(transfer);
}

// libcurl 7.88 opens its sockets without close-on-exec; a child that is started meanwhile would keep them.
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)context;
    (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    holdfast_http_transfer *transfer = context;
    const size_t length = size * count;
    if (transfer->sink) {
        const bool wants_more = transfer->sink(transfer->sink_context, (const uint8_t *)bytes, length);
        return wants_more ? length : CURL_WRITEFUNC_ERROR;
    }
    transfer->received_total += length;
    if (transfer->received_total > received_limit) return CURL_WRITEFUNC_ERROR;
    const size_t room = transfer->response_limit - transfer->received_kept;
    const size_t kept = length < room ? length : room;
    if (kept == 0) return length;
    const size_t needed = transfer->received_kept + kept;
    if (needed > transfer->received_capacity) {
        const size_t capacity = needed < 4096 ? 4096 : needed * 2;
        uint8_t *grown = realloc(transfer->received, capacity);
        if (!grown) return CURL_WRITEFUNC_ERROR;
        transfer->received = grown;
        transfer->received_capacity = capacity;
    }
    memcpy(transfer->received + transfer->received_kept, bytes, kept);
    transfer->received_kept = needed;
    return length;
}

// Sets one option, or names the one that this libcurl does not know.
#define SET(option, value)                                                                    \
    do {                                                                                      \
        CURLcode code = curl_easy_setopt(transfer->easy, option, value);                      \
        if (code != CURLE_OK) {                                                               \
            snprintf(transfer->error, sizeof transfer->error, "libcurl refused " #option);    \
            return code;                                                                      \
        }                                                                                     \
    } while (0)

// Everything that we ask of libcurl, in one table.
static CURLcode configure(holdfast_http_transfer *transfer) {
    SET(CURLOPT_ERRORBUFFER, transfer->error);
    SET(CURLOPT_PRIVATE, transfer);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_URL, transfer->url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L); // a redirected POST can become a GET
    SET(CURLOPT_FAILONERROR, 0L);    // 1 would hide the answer's body and close the connection
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTPHEADER, transfer->headers);
    SET(CURLOPT_PROXY, ""); // otherwise http_proxy and all_proxy of the environment decide silently
    SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_WRITEDATA, transfer);
    if (transfer->unix_socket) SET(CURLOPT_UNIX_SOCKET_PATH, transfer->unix_socket);
    if (transfer->has_body) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)transfer->body_length);
        SET(CURLOPT_POSTFIELDS, (void *)transfer->body); // not copied: the transfer owns it until it is destroyed
    }

    SET(CURLOPT_TIMEOUT_MS, transfer->sink ? 0L : (long)transfer->timeout); // 0: never
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)transfer->connect_timeout);
    if (!transfer->sink) { // who listens may have nothing to hear for long
        SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
        SET(CURLOPT_LOW_SPEED_TIME, 10L);
    }
    SET(CURLOPT_QUICK_EXIT, 1L); // a name server that does not answer must not hold up the end
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, 30L);
    SET(CURLOPT_TCP_KEEPINTVL, 10L);
    SET(CURLOPT_MAXAGE_CONN, 55L);       // idle longer than many load balancers allow
    SET(CURLOPT_MAXLIFETIME_CONN, 300L); // lets pushes spread again behind a load balancer

    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    return CURLE_OK;
}

// ---- client ----

holdfast_http_client *holdfast_http_client_create(void) {
    if (!holdfast_http_setup()) return NULL;
    holdfast_http_client *client = calloc(1, sizeof *client);
    if (!client) return NULL;
    client->multi = curl_multi_init();
    if (!client->multi) {
        free(client);
        return NULL;
    }
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, 8L);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 4L);
    return client;
}

static void destroy_all(CURLM *multi, holdfast_http_transfer *first) {
    while (first) {
        holdfast_http_transfer *next = first->next;
        if (multi && first->easy) curl_multi_remove_handle(multi, first->easy);
        destroy_transfer(first);
        first = next;
    }
}

void holdfast_http_client_destroy(holdfast_http_client *client) {
    if (!client) return;
    destroy_all(client->multi, client->active);
    destroy_all(NULL, client->finished);
    destroy_transfer(client->taken);
    curl_multi_cleanup(client->multi);
    free(client);
}

static void finish(holdfast_http_client *client, holdfast_http_transfer *transfer, CURLcode code) {
    transfer->code = code;
    transfer->next = NULL;
    holdfast_http_transfer **last = &client->finished;
    while (*last) last = &(*last)->next;
    *last = transfer;
}

void holdfast_http_client_begin(holdfast_http_client *client, holdfast_http_transfer *transfer) {
    // For bodies over 1 MiB libcurl would ask first and wait up to a second for the permission.
    holdfast_http_transfer_add_header(transfer, "Expect:");
    transfer->easy = curl_easy_init();
    if (!transfer->easy) {
        finish(client, transfer, CURLE_OUT_OF_MEMORY);
        return;
    }
    const CURLcode configured = configure(transfer);
    if (configured != CURLE_OK) {
        finish(client, transfer, configured);
        return;
    }
    if (curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK) {
        finish(client, transfer, CURLE_FAILED_INIT);
        return;
    }
    transfer->next = client->active;
    client->active = transfer;
}

static void forget_active(holdfast_http_client *client, holdfast_http_transfer *transfer) {
    holdfast_http_transfer **link = &client->active;
    while (*link && *link != transfer) link = &(*link)->next;
    if (*link) *link = transfer->next;
}

void holdfast_http_client_perform(holdfast_http_client *client) {
    int running = 0;
    curl_multi_perform(client->multi, &running);
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left));) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result; // the message is gone with the handle
        holdfast_http_transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(client->multi, transfer->easy);
        forget_active(client, transfer);
        finish(client, transfer, code);
    }
}

void holdfast_http_client_poll(holdfast_http_client *client, int timeout) {
    if (client->finished) return;
    curl_multi_poll(client->multi, NULL, 0, timeout, NULL);
}

void holdfast_http_client_wake(holdfast_http_client *client) {
    curl_multi_wakeup(client->multi);
}

// ---- result ----

static holdfast_http_failure failure_of(CURLcode code) {
    switch (code) {
    case CURLE_OK:
        return HOLDFAST_HTTP_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return HOLDFAST_HTTP_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        return HOLDFAST_HTTP_TIMEOUT;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_FAIL_REWIND:
        return HOLDFAST_HTTP_INTERRUPTED;
    case CURLE_WRITE_ERROR:
        return HOLDFAST_HTTP_TOO_LARGE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
        return HOLDFAST_HTTP_MISCONFIGURED;
    default:
        return HOLDFAST_HTTP_OTHER;
    }
}

bool holdfast_http_client_take_finished(holdfast_http_client *client, holdfast_http_result *result) {
    destroy_transfer(client->taken);
    client->taken = NULL;
    holdfast_http_transfer *transfer = client->finished;
    if (!transfer) return false;
    client->finished = transfer->next;
    client->taken = transfer;

    memset(result, 0, sizeof *result);
    result->tag = transfer->tag;
    result->failure = failure_of(transfer->code);
    result->body = transfer->received;
    result->body_length = transfer->received_kept;
    result->body_received = transfer->received_total;
    result->message = "";
    if (transfer->easy) {
        long status = 0, connections = 0;
        curl_off_t retry_after = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
        curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connections);
        result->status = (int)status;
        result->retry_after_seconds = retry_after;
        result->new_connections = connections;
    }
    if (transfer->code != CURLE_OK) {
        result->message = transfer->error[0] ? transfer->error : curl_easy_strerror(transfer->code);
    }
    return true;
}
