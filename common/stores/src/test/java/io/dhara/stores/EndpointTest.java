package io.dhara.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class EndpointTest {
    @Test
    void parse_hostAndPort_readsBoth() {
        assertThat(Endpoint.parse("redis-0.cache:6379"))
                .isEqualTo(new Endpoint("redis-0.cache", 6379))
                .hasToString("redis-0.cache:6379");
        assertThat(Endpoint.parse("[::1]:9042"))
                .isEqualTo(new Endpoint("::1", 9042))
                .hasToString("[::1]:9042");
    }

    @Test
    void parse_anythingElse_isRefusedWithTheText() {
        for (String wrong :
                new String[] {"", "host", "host:", ":1", "host:x", "host:0", "h:65536"}) {
            assertThatThrownBy(() -> Endpoint.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.isEmpty() ? "host:port" : wrong.split(":", 2)[0]);
        }
    }
}
