package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.replication.wire.Reason;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** What an operator is told of peers that are refused: nothing was, and once is enough. */
class IncidentsTest {
  private final List<String> warnings = new ArrayList<>();
  private final Incidents incidents =
      new Incidents(
          (Logger)
              Proxy.newProxyInstance(
                  Logger.class.getClassLoader(),
                  new Class<?>[] {Logger.class},
                  (proxy, method, arguments) -> {
                    if (method.getName().equals("warn")) {
                      warnings.add(List.of(arguments).subList(1, arguments.length).toString());
                    }
                    return null;
                  }));

  private void refuse(Reason reason, int host, int port) {
    incidents.refused(reason, new InetSocketAddress("10.0." + host / 256 + "." + host % 256, port));
  }

  @Test
  void eachReasonIsToldOnceForAnAddressHoweverOftenItIsTried() {
    for (int port = 1; port < 100; port++) {
      refuse(Reason.BAD_TOKEN, 1, port);
    }
    refuse(Reason.BAD_TOKEN, 2, 1);
    refuse(Reason.LOCAL_FAILURE, 1, 1);
    refuse(Reason.BAD_TOKEN, 1, 1);

    assertThat(warnings)
        .containsExactly(
            "[/10.0.0.1, BAD_TOKEN]", "[/10.0.0.2, BAD_TOKEN]", "[/10.0.0.1, LOCAL_FAILURE]");
    assertThat(incidents.ended()).containsEntry(Reason.BAD_TOKEN, 101L);
  }

  @Test
  void whoeverKnocksIsNotRemembered() {
    refuse(Reason.NO_CALL, 1, 1);
    refuse(Reason.TOO_MANY_SESSIONS, 1, 1);

    assertThat(warnings).isEmpty();
  }

  @Test
  void soManyAddressesAreRememberedAndNoMore() {
    for (int host = 0; host < 1_000; host++) {
      refuse(Reason.BAD_TOKEN, host, 1);
    }
    refuse(Reason.BAD_TOKEN, 999, 1);
    assertThat(warnings).hasSize(1_000);
    refuse(Reason.BAD_TOKEN, 0, 1);
    assertThat(warnings).hasSize(1_001);
  }
}
