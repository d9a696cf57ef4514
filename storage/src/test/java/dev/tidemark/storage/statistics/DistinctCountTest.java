package dev.tidemark.storage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistinctCountTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 10, 1_000, 40_000, 300_000})
  void isGoodToAFewPercentHoweverOftenEachItemComes(int items) {
    DistinctCount count = new DistinctCount();
    for (int i = 0; i < items; i++) {
      byte[] item = ("key:" + i).getBytes(StandardCharsets.UTF_8);
      count.add(item);
      count.add(item);
    }

    assertThat(count.estimate()).isCloseTo(items, Percentage.withPercentage(3));
  }

  @Test
  void nothingIsNone() {
    assertThat(new DistinctCount().estimate()).isZero();
  }
}
