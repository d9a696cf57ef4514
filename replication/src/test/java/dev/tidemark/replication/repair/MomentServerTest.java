package dev.tidemark.replication.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.replication.v1.RepairKeys;
import dev.tidemark.replication.v1.RepairMoment;
import dev.tidemark.replication.v1.RepairRequest;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A peer that asks again and again about one moment would have it held for ever. */
class MomentServerTest {
  @TempDir private Path dir;

  private final AtomicLong now = new AtomicLong();

  private static RepairRequest begin() {
    return RepairRequest.newBuilder().setMoment(RepairMoment.getDefaultInstance()).build();
  }

  private static RepairRequest look() {
    return RepairRequest.newBuilder().setKeys(RepairKeys.getDefaultInstance()).build();
  }

  @Test
  void aMomentThatIsTooOldIsLetGoOfHoweverOftenItIsAskedFor() {
    try (Tidemark store = Tidemark.open(dir, Schema.of("count/", Strategy.PN_COUNTER));
        MomentServer server = new MomentServer(store, Interest.ALL, () -> {}, now::get)) {
      server.answer(begin());
      for (int i = 0; i < 10; i++) {
        now.addAndGet(MomentServer.MOST_AGE.toNanos() / 10);
        assertThat(server.answer(look()).hasMarks()).isTrue();
      }
      now.incrementAndGet();

      assertThatThrownBy(() -> server.answer(look()))
          .isInstanceOf(RepairFailedException.class)
          .hasMessageContaining("no moment is held any more");
      assertThat(server.isHolding()).isFalse();

      server.answer(begin());
      assertThat(server.answer(look()).hasMarks()).isTrue();
    }
  }
}
