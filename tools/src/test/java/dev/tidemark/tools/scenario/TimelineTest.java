package dev.tidemark.tools.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A heartbeat between two updates of one millisecond took the stamp that the second would have had:
 * it then lay above the other replica's of the same millisecond, whatever their ids.
 */
class TimelineTest {
  @Test
  void givesEachStampAMillisecondAndEqualStampsTheSame() throws JsonProcessingException {
    assertThat(
            times(
                write("A", 1000),
                write("A", 1000),
                write("B", 1000),
                write("B", 1000),
                write("A", 999)))
        .containsExactly(1L, 2L, 1L, 2L, 3L);
  }

  @Test
  void whoHasReceivedStampsAboveThat() throws JsonProcessingException {
    String pull = "{\"from\":\"A\",\"to\":\"B\"}";

    assertThat(times(write("A", 1000), write("B", 5), pull, write("B", 5), write("A", 1001)))
        .containsExactly(2L, 1L, 3L, 4L);
  }

  private static List<Long> times(String... steps) throws JsonProcessingException {
    String scenario =
        "{\"name\":\"n\",\"types\":{\"t:\":\"or-set\"},\"replicas\":{\"A\":1,\"B\":2},\"steps\":["
            + String.join(",", steps)
            + "]}";
    return Timeline.stretched(ScenarioParser.parse(new ObjectMapper().readTree(scenario)))
        .steps()
        .stream()
        .map(numbered -> numbered.step() instanceof Step.Write write ? write.now() : null)
        .filter(now -> now != null)
        .toList();
  }

  private static String write(String at, long now) {
    return "{\"at\":\"%s\",\"now\":%d,\"op\":\"add\",\"key\":\"t:x\",\"args\":[\"e\"]}"
        .formatted(at, now);
  }
}
