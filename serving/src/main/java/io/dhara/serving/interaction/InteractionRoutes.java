package io.dhara.serving.interaction;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.OK;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.dhara.proto.timeseries.InteractionStoreTimeSeriesServiceGrpc;
import io.dhara.proto.timeseries.PersistClickDataRequest;
import io.dhara.proto.timeseries.PersistOrderDataRequest;
import io.dhara.proto.timeseries.RetrieveDataRequest;
import io.dhara.proto.timeseries.RetrieveInteractionsRequest;
import io.dhara.proto.v1.GetLastRequest;
import io.dhara.proto.v1.GetRangeRequest;
import io.dhara.proto.v1.InteractionsGrpc;
import io.dhara.serving.http.HttpAnswer;
import io.dhara.serving.http.HttpCall;
import io.dhara.serving.http.HttpRoutes;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Interactions over HTTP/1: GET of last-k and range, and BharatMLStack's POST routes. Each is one
 * call of the gRPC service, so limits, deadlines, metrics and rights are the same.
 */
public final class InteractionRoutes {
    private static final String LAST = "/v1/interactions/{user}/{type}/last";
    private static final String RANGE = "/v1/interactions/{user}/{type}/range";
    private static final String PEER = "/api/v1/timeseries";

    /** The peer's answers: zero values left out, 64-bit numbers as text. */
    private static final JsonFormat.Printer COMPATIBLE =
            JsonFormat.printer().omittingInsignificantWhitespace();

    /** Ours show every field, so that {@code truncated} can be read where it is false. */
    private static final JsonFormat.Printer FULL = COMPATIBLE.alwaysPrintFieldsWithNoPresence();

    /** As Go binds a body: names it does not know are passed over. */
    private static final JsonFormat.Parser BODIES = JsonFormat.parser().ignoringUnknownFields();

    private final InteractionMeters meters;

    public InteractionRoutes(MeterRegistry meters) {
        this.meters = new InteractionMeters(requireNonNull(meters, "meters is null"));
    }

    /**
     * Adds the GET routes.
     *
     * @param channel to {@code dhara.v1.Interactions}
     */
    public HttpRoutes withReads(HttpRoutes routes, Channel channel) {
        return routes.withGet(
                        LAST,
                        call ->
                                timed(
                                        LAST,
                                        () ->
                                                call(
                                                        channel,
                                                        InteractionsGrpc.getGetLastMethod(),
                                                        last(call),
                                                        call,
                                                        FULL)))
                .withGet(
                        RANGE,
                        call ->
                                timed(
                                        RANGE,
                                        () ->
                                                call(
                                                        channel,
                                                        InteractionsGrpc.getGetRangeMethod(),
                                                        range(call),
                                                        call,
                                                        FULL)));
    }

    private static GetLastRequest last(HttpCall call) {
        return GetLastRequest.newBuilder()
                .setUserId(call.variable("user"))
                .addAllTypes(types(call))
                .setK((int) number(call, "k", Integer.MIN_VALUE, Integer.MAX_VALUE))
                .build();
    }

    private static GetRangeRequest range(HttpCall call) {
        return GetRangeRequest.newBuilder()
                .setUserId(call.variable("user"))
                .addAllTypes(types(call))
                .setFromMs(number(call, "from", Long.MIN_VALUE, Long.MAX_VALUE))
                .setToMs(number(call, "to", Long.MIN_VALUE, Long.MAX_VALUE))
                .setLimit((int) number(call, "limit", Integer.MIN_VALUE, Integer.MAX_VALUE))
                .build();
    }

    private static List<String> types(HttpCall call) {
        return Arrays.asList(call.variable("type").split(",", -1));
    }

    private static long number(HttpCall call, String name, long min, long max) {
        List<String> values = call.query().getOrDefault(name, List.of());
        if (values.size() != 1) {
            throw new BadRequest(name + " must be given once: got " + values);
        }
        try {
            long value = Long.parseLong(values.get(0));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new BadRequest(name + " must be a whole number: got " + values.get(0), e);
        }
        throw new BadRequest(name + " must be " + min + ".." + max + ": got " + values.get(0));
    }

    /**
     * Adds the peer's POST routes.
     *
     * @param channel to {@code proto.InteractionStoreTimeSeriesService}
     * @param maxBodyBytes of one request
     */
    public HttpRoutes withPeerRoutes(HttpRoutes routes, Channel channel, int maxBodyBytes) {
        HttpRoutes all = routes;
        for (Post<?, ?> post : POSTS) {
            all = all.withPost(PEER + post.path, maxBodyBytes, call -> answer(channel, post, call));
        }
        return all;
    }

    /** One of the peer's routes and the call it stands for. */
    private record Post<Q extends Message, R extends Message>(
            String path, MethodDescriptor<Q, R> method, Q none) {

        /** The body as a request of the method. */
        @SuppressWarnings("unchecked")
        Q request(String body) {
            Message.Builder request = none.newBuilderForType();
            try {
                BODIES.merge(body, request);
            } catch (InvalidProtocolBufferException e) {
                throw new BadRequest("the body is no such request: " + e.getMessage(), e);
            }
            return (Q) request.build();
        }
    }

    private static final List<Post<?, ?>> POSTS =
            List.of(
                    new Post<>(
                            "/persist/click",
                            InteractionStoreTimeSeriesServiceGrpc.getPersistClickDataMethod(),
                            PersistClickDataRequest.getDefaultInstance()),
                    new Post<>(
                            "/persist/order",
                            InteractionStoreTimeSeriesServiceGrpc.getPersistOrderDataMethod(),
                            PersistOrderDataRequest.getDefaultInstance()),
                    new Post<>(
                            "/retrieve/click",
                            InteractionStoreTimeSeriesServiceGrpc
                                    .getRetrieveClickInteractionsMethod(),
                            RetrieveDataRequest.getDefaultInstance()),
                    new Post<>(
                            "/retrieve/order",
                            InteractionStoreTimeSeriesServiceGrpc
                                    .getRetrieveOrderInteractionsMethod(),
                            RetrieveDataRequest.getDefaultInstance()),
                    new Post<>(
                            "/retrieve",
                            InteractionStoreTimeSeriesServiceGrpc.getRetrieveInteractionsMethod(),
                            RetrieveInteractionsRequest.getDefaultInstance()));

    private <Q extends Message, R extends Message> CompletionStage<HttpAnswer> answer(
            Channel channel, Post<Q, R> post, HttpCall call) {
        return timed(
                PEER + post.path,
                () -> call(channel, post.method, post.request(call.body()), call, COMPATIBLE));
    }

    private static <Q extends Message, R extends Message> CompletableFuture<HttpAnswer> call(
            Channel channel,
            MethodDescriptor<Q, R> method,
            Q request,
            HttpCall call,
            JsonFormat.Printer printer) {
        return HttpToGrpc.call(channel, method, request, call)
                .thenApply(
                        answered -> {
                            R message = answered.message();
                            return (message == null
                                            ? error(
                                                    HttpToGrpc.codeOf(answered.status()),
                                                    String.valueOf(
                                                            answered.status().getDescription()))
                                            : HttpAnswer.json(OK, json(printer, message)))
                                    .with(answered.headers());
                        });
    }

    /** Counts and times a request from its first check on. */
    private CompletionStage<HttpAnswer> timed(
            String route, Supplier<CompletableFuture<HttpAnswer>> call) {
        long start = System.nanoTime();
        CompletableFuture<HttpAnswer> answer;
        try {
            answer = call.get();
        } catch (BadRequest e) {
            answer =
                    CompletableFuture.completedFuture(
                            error(BAD_REQUEST, String.valueOf(e.getMessage())));
        }
        return answer.whenComplete(
                (done, failure) ->
                        meters.http(
                                route,
                                done == null
                                        ? HttpResponseStatus.INTERNAL_SERVER_ERROR.code()
                                        : done.status().code(),
                                System.nanoTime() - start));
    }

    private static HttpAnswer error(HttpResponseStatus status, String text) {
        Struct error =
                Struct.newBuilder()
                        .putFields("error", Value.newBuilder().setStringValue(text).build())
                        .build();
        return HttpAnswer.json(status, json(COMPATIBLE, error));
    }

    private static String json(JsonFormat.Printer printer, Message message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a message without Any always has a JSON form", e);
        }
    }

    /** What HTTP alone can get wrong. */
    private static final class BadRequest extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadRequest(String message) {
            super(message);
        }

        BadRequest(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
