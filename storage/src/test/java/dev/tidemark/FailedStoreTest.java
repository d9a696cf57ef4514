package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.StorePoisonedException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.core.StoreCore;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.state.FoldBatch;
import dev.tidemark.type.Durability;
import dev.tidemark.type.LwwRegister;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store whose folder or log fails: reads go on, writes are refused, and nothing logged is lost.
 */
class FailedStoreTest {
  private static final Options SMALL =
      Options.defaults().withOverlayBytes(64 << 10).withSegmentBytes(64 << 10);
  private static final String PADDING = "x".repeat(1_000);

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private static LwwRegister<String> register(StoreCore core, int number) {
    return new LwwRegister<>(new StoreKey(core, Bytes.utf8("k" + number), null), Codec.utf8());
  }

  private Tidemark reopen() {
    return audit.open(parent.resolve("store"), Schema.empty(), SMALL);
  }

  @Test
  void refusesWritesWhenFoldingFailsAndReplaysThemAtTheNextOpen() {
    Opening.Opened opened = Opening.open(parent.resolve("store"), Schema.empty(), SMALL);
    StoreCore core = opened.core();
    int written = 0;
    // There is one batch at a time: the folder's own fails.
    FoldBatch busy = core.state().fold();
    try {
      while (true) {
        register(core, written).set(written + PADDING);
        written++;
      }
    } catch (StorePoisonedException e) {
      assertThat(e).hasMessageContaining("failed in the background");
    }
    assertThat(written).isPositive();
    int last = written - 1;
    assertThatThrownBy(() -> register(core, last).set("more"))
        .isInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(core.upkeep()::flush).isInstanceOf(StorePoisonedException.class);
    assertThatThrownBy(core.upkeep()::roll).isInstanceOf(StorePoisonedException.class);
    expectAll(core, written);
    core.sync();
    busy.close();
    opened.close();
    try (Tidemark again = reopen()) {
      assertThat(again.recovery().replayedCommits()).isEqualTo(written);
      for (int i = 0; i < written; i++) {
        assertThat(again.lwwRegister("k" + i, Codec.utf8()).get()).contains(i + PADDING);
      }
    }
  }

  private static void expectAll(StoreCore core, int written) {
    for (int i = 0; i < written; i++) {
      assertThat(register(core, i).get()).contains(i + PADDING);
    }
    // As often as one likes: nothing is written between them.
    for (int i = 0; i < 100; i++) {
      try (PinnedScan scan = core.views().scan(Bytes.utf8("k"))) {
        assertThat(scan.next()).isNotNull();
      }
    }
  }

  @Test
  void refusesWritesWhenTheLogFailsAndKeepsWhatWasSynced() throws IOException {
    Path log = new StoreFiles(parent.resolve("store")).log();
    Path away = parent.resolve("away");
    Tidemark store = reopen();
    var register = store.lwwRegister("k", Codec.utf8());
    register.with(Durability.SYNCED).set("a");
    Files.move(log, away);
    try (Scan scan = store.scan("")) {
      assertThatThrownBy(store::roll).isInstanceOf(StorePoisonedException.class);
      assertThatThrownBy(() -> register.set("b")).isInstanceOf(StorePoisonedException.class);
      assertThatThrownBy(() -> register.with(Durability.SYNCED).set("b"))
          .isInstanceOf(StorePoisonedException.class);
      assertThat(register.get()).contains("a");
      assertThat(scan.nextKey()).isEqualTo("k");
    }
    store.close();
    StoreAudit.checkNothingHeld(parent.resolve("store"));
    Files.move(away, log);
    try (Tidemark again = reopen()) {
      assertThat(again.lwwRegister("k", Codec.utf8()).get()).contains("a");
      again.lwwRegister("k", Codec.utf8()).set("c");
    }
  }
}
