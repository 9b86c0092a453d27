package io.dhara.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** PSDB blocks by hand: hex to JSON and back. */
@Command(
        name = "block",
        description = "PSDB block hex to JSON and back.",
        mixinStandardHelpOptions = true,
        subcommands = {BlockCommand.Decode.class, BlockCommand.Encode.class})
final class BlockCommand {

    /** Hex to values. */
    @Command(
            name = "decode",
            description = {
                "Prints what a PSDB block holds, always as one JSON document.",
                "A block does not say how its elements are grouped: the count is derived where the bytes allow it."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Example: ./dhara block decode '01 00 00 00 00 00 00 10 60 01 fe 7f'"})
    static final class Decode implements Runnable {
        @Spec private CommandSpec spec;
        @Mixin private Output output;

        @Parameters(
                arity = "1..*",
                paramLabel = "HEX",
                description = "The block; blanks between bytes are fine.")
        private List<String> hex;

        @Option(
                names = "--count",
                paramLabel = "N",
                description = "Features in the block; default: derived.")
        private Integer count;

        @Option(
                names = "--lengths",
                split = ",",
                paramLabel = "L",
                description =
                        "Elements of each vector, for vector types; default: one vector, or --count equal ones.")
        private List<Integer> lengths;

        @Override
        public void run() {
            Map<String, Object> document;
            try {
                document = BlockJson.decode(bytes(), count, lengths);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure("not a PSDB block: " + e.getMessage(), e);
            }
            output.document(document);
        }

        private byte[] bytes() {
            String digits = String.join("", hex).replaceAll("\\s|0x", "");
            try {
                return HexFormat.of().parseHex(digits);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(), "not hexadecimal: " + e.getMessage());
            }
        }
    }

    /** Values to hex. */
    @Command(
            name = "encode",
            description = {
                "Prints the hex of a PSDB block, given the JSON that decode prints.",
                "Members: type and values (needed), schema_version (1), expiry (ISO-8601 or null), layout (1), compression (none),",
                "event_time_ms (layout 2)."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example: ./dhara block encode '{\"type\": \"DataTypeInt8\", \"values\": [1, -2, 127]}'"
            })
    static final class Encode implements Runnable {
        @Spec private CommandSpec spec;
        @Mixin private Output output;

        @Parameters(
                paramLabel = "JSON",
                description = "The document, or - to read it from standard input.")
        private String json;

        @Override
        public void run() {
            byte[] block;
            try {
                block = BlockJson.encode(document());
            } catch (IllegalArgumentException e) {
                throw new CommandFailure("cannot be encoded: " + e.getMessage(), e);
            }
            String hex = HexFormat.ofDelimiter(" ").formatHex(block);
            output.result(Map.of("hex", hex, "bytes", block.length), hex);
        }

        private JsonNode document() {
            try {
                String text =
                        json.equals("-")
                                ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                                : json;
                return new ObjectMapper().readTree(text);
            } catch (JsonProcessingException e) {
                throw new ParameterException(
                        spec.commandLine(), "not JSON: " + e.getOriginalMessage());
            } catch (IOException e) {
                throw new CommandFailure("cannot read standard input: " + e.getMessage(), e);
            }
        }
    }
}
