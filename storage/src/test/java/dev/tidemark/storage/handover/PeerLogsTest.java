package dev.tidemark.storage.handover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.storage.file.DurableFiles;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A position that is believed wrongly would withhold what lies before it. */
class PeerLogsTest {
  private static final byte[] STORE = new byte[16];
  private static final LogId LOG = new LogId("0f".repeat(16), 7);
  private static final VersionVector SEEN = VersionVector.of(7, 40);

  @TempDir private Path dir;

  private StoreFiles files() {
    return new StoreFiles(dir);
  }

  private PeerLogs open(VersionVector vector) {
    return PeerLogs.open(files(), DurableFiles.standard(), STORE, vector);
  }

  private void save() {
    PeerLogs logs = open(VersionVector.EMPTY);
    logs.reached(LOG, 50, SEEN);
    logs.reached(LOG, 30, VersionVector.of(7, 20));
    logs.save();
  }

  @Test
  void aPositionIsKnownAfterARestart() {
    save();
    assertThat(open(SEEN).reached(LOG)).isEqualTo(50);
    assertThat(open(VersionVector.of(7, 60)).reached(LOG)).isEqualTo(50);
    assertThat(open(SEEN).reached(new LogId(LOG.storeId(), 8))).isZero();
  }

  @Test
  void aStoreThatHasSeenLessBelievesNone() {
    save();
    PeerLogs restored = open(VersionVector.of(7, 39));
    assertThat(restored.reached(LOG)).isZero();
    restored.reached(LOG, 12, VersionVector.of(7, 39));
    restored.save();
    assertThat(open(VersionVector.of(7, 39)).reached(LOG)).isEqualTo(12);
  }

  @Test
  void aDamagedFileCountsForNothingAndIsWrittenAnew() throws Exception {
    save();
    byte[] bytes = Files.readAllBytes(files().peers());
    for (int at = 0; at < bytes.length; at++) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(files().peers(), damaged);
      assertThat(open(SEEN).reached(LOG)).isZero();
    }
    save();
    assertThat(open(SEEN).reached(LOG)).isEqualTo(50);
  }

  @Test
  void thoseThatWereReadLongAgoGoFirst() {
    PeerLogs logs = open(SEEN);
    for (int peer = 0; peer <= PeerLogs.MOST; peer++) {
      logs.reached(LOG, 50 + peer, SEEN);
      logs.reached(new LogId(LOG.storeId(), 100 + peer), 1, SEEN);
    }
    logs.save();
    PeerLogs again = open(SEEN);
    assertThat(again.reached(LOG)).isEqualTo(50 + PeerLogs.MOST);
    assertThat(again.reached(new LogId(LOG.storeId(), 100))).isZero();
    assertThat(again.reached(new LogId(LOG.storeId(), 100 + PeerLogs.MOST))).isEqualTo(1);
  }

  @Test
  void whatIsNotToBeSavedIsNot() {
    PeerLogs logs = PeerLogs.unsaved();
    logs.reached(LOG, 50, SEEN);
    logs.save();
    assertThat(logs.reached(LOG)).isEqualTo(50);
    assertThat(files().peers()).doesNotExist();
  }
}
