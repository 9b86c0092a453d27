package io.dhara.serving.http;

import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpRoutesITCase {
    private static final int MAX_BODY = 16 << 10;

    private static final Queue<CompletableFuture<HttpAnswer>> HELD = new ConcurrentLinkedQueue<>();
    private static EventLoops loops;
    private static HttpPort port;

    @BeforeAll
    static void open() throws IOException {
        loops = EventLoops.start(1);
        HttpRoutes routes =
                HttpRoutes.none()
                        .withQuick("/quick", () -> HttpAnswer.text(OK, "quick"))
                        .withGet(
                                "/echo/{name}",
                                call ->
                                        CompletableFuture.completedFuture(
                                                HttpAnswer.text(
                                                                OK,
                                                                call.variable("name")
                                                                        + call.query().get("q")
                                                                        + call.header("X-One"))
                                                        .with(Map.of("dhara-tier", "hot"))))
                        .withPost(
                                "/length",
                                MAX_BODY,
                                call ->
                                        CompletableFuture.completedFuture(
                                                HttpAnswer.text(OK, "" + call.body().length())))
                        .withGet(
                                "/held",
                                call -> {
                                    CompletableFuture<HttpAnswer> answer =
                                            new CompletableFuture<>();
                                    HELD.add(answer);
                                    return answer;
                                })
                        .withGet(
                                "/broken",
                                call -> {
                                    throw new IllegalStateException("a secret");
                                });
        port = HttpPort.open(new InetSocketAddress("127.0.0.1", 0), loops, routes);
    }

    @AfterAll
    static void close() {
        port.close();
        loops.close();
    }

    private static String exchange(String requests) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(requests.getBytes(UTF_8));
            socket.shutdownOutput();
            return text(socket.getInputStream());
        }
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), UTF_8);
    }

    private static String get(String uri, String... headers) {
        return "GET " + uri + " HTTP/1.1\r\nHost: x\r\n" + lines(headers) + "\r\n";
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    private static String post(String uri, int length) {
        return "POST "
                + uri
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + length
                + "\r\n\r\n"
                + "b".repeat(length);
    }

    @Test
    void call_hasPathQueryAndHeaders_andItsAnswerHeaders() throws Exception {
        assertThat(exchange(get("/echo/a%2Fb?q=1&q=x%20y", "x-one: 1", "Connection: close")))
                .startsWith("HTTP/1.1 200")
                .contains("dhara-tier: hot")
                .endsWith("a/b[1, x y]1");
    }

    @Test
    void methods_aPathHasNot_areToldWhichItHas() throws Exception {
        assertThat(exchange(post("/quick", 0)))
                .startsWith("HTTP/1.1 405")
                .contains("allow: GET, HEAD");
        assertThat(exchange(get("/length"))).startsWith("HTTP/1.1 405").contains("allow: POST");
        assertThat(exchange(get("/nothing"))).startsWith("HTTP/1.1 404");
    }

    @Test
    void body_upToTheLimit_isTaken_andLargerIs413() throws Exception {
        assertThat(exchange(post("/length", MAX_BODY))).endsWith("" + MAX_BODY);
        assertThat(exchange(post("/length", MAX_BODY + 1))).startsWith("HTTP/1.1 413");
    }

    @Test
    void request_thatCannotBeRead_is400() throws Exception {
        assertThat(exchange(get("/echo/%zz"))).startsWith("HTTP/1.1 400");
        assertThat(exchange("GET\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void route_thatThrows_is500WithoutItsText() throws Exception {
        assertThat(exchange(get("/broken"))).startsWith("HTTP/1.1 500").doesNotContain("secret");
    }

    @Test
    void pipelinedRequests_areAnsweredInTheirOrder_afterASlowOne() throws Exception {
        int many = 2_000;
        ArrayDeque<String> requests = new ArrayDeque<>();
        requests.add(get("/held"));
        for (int i = 0; i < many; i++) {
            requests.add(get("/echo/n" + i + "-"));
        }
        requests.add(get("/quick", "Connection: close"));
        try (Socket socket = new Socket("127.0.0.1", port.port())) {
            socket.setSoTimeout(10_000);
            CompletableFuture<String> read =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return text(socket.getInputStream());
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            socket.getOutputStream().write(String.join("", requests).getBytes(UTF_8));
            await().until(() -> !HELD.isEmpty());
            assertThat(read.isDone()).isFalse();

            HELD.remove().complete(HttpAnswer.text(OK, "held"));

            String answers = read.get();
            int last = answers.indexOf("held");
            assertThat(last).isPositive();
            for (int i = 0; i < many; i++) {
                int next = answers.indexOf("n" + i + "-", last);
                assertThat(next).as("answer %s", i).isGreaterThan(last);
                last = next;
            }
            assertThat(answers).endsWith("quick");
        }
    }
}
