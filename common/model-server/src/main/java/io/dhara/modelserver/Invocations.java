package io.dhara.modelserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** {@code POST /invocations} with the open inference protocol's JSON. */
final class Invocations implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    private final ModelServer server;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    Invocations(ModelServer server) throws IOException {
        this.server = server;
        this.http =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/invocations", this::invoke);
        http.start();
    }

    int port() {
        return http.getAddress().getPort();
    }

    private void invoke(HttpExchange exchange) throws IOException {
        byte[] answer;
        int status = OK;
        try (exchange) {
            try {
                answer = answer(JSON.readTree(exchange.getRequestBody()));
            } catch (IOException | IllegalArgumentException e) {
                status = BAD_REQUEST;
                answer = String.valueOf(e.getMessage()).getBytes(UTF_8);
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private byte[] answer(JsonNode request) throws IOException {
        JsonNode parameters = request.path("parameters");
        FileModel model =
                server.model(
                        parameters.path("model_name").asText(),
                        parameters.path("model_version").asText(""));
        List<double[]> tensors = new ArrayList<>();
        for (JsonNode input : request.path("inputs")) {
            JsonNode data = input.path("data");
            double[] tensor = new double[data.size()];
            for (int i = 0; i < tensor.length; i++) {
                tensor[i] = data.get(i).asDouble(Double.NaN);
            }
            tensors.add(tensor);
        }
        int rows = request.path("inputs").path(0).path("shape").path(0).asInt(0);
        float[] scores =
                server.scores(model, rows, tensors, parameters.path("calibration").asText(""));
        ObjectNode response = JSON.createObjectNode();
        response.put("model_name", model.name()).put("model_version", model.version());
        ObjectNode output = response.putArray("outputs").addObject();
        output.put("name", model.output()).put("datatype", "FP32");
        output.putArray("shape").add(rows).add(1);
        ArrayNode data = output.putArray("data");
        for (float score : scores) {
            data.add(score);
        }
        return JSON.writeValueAsBytes(response);
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
