package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.replication.repair.RepairStatus;
import dev.tidemark.storage.core.RepairReport;
import dev.tidemark.storage.file.StoreFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;

/** Stores that are damaged behind their backs, and mend themselves over a connection. */
class RepairTest {
  @RegisterExtension final Stores stores = new Stores();

  private Replicator start(Tidemark store, String name, Duration interval, Replicator... peers)
      throws Exception {
    return stores.start(
        store, Loopback.options(name).withRepairInterval(interval).withPeers(Loopback.of(peers)));
  }

  private static void awaitPeer(Replicator replicator) {
    Stores.await(
        () -> replicator.status().sessions().stream().anyMatch(s -> s.replicaId() != 0),
        () -> "no peer: " + replicator.status());
  }

  /** Drops one record in so many of a namespace, heads and cells. */
  private static int lose(Path store, String prefix, int each) throws Exception {
    String state = new StoreFiles(store).state().toString();
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    try (Options options = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(options, state)) {
        families.add(new ColumnFamilyDescriptor(name));
      }
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    int lost = 0;
    try (DBOptions options = new DBOptions();
        FlushOptions flush = new FlushOptions().setWaitForFlush(true);
        RocksDB db = RocksDB.open(options, state, families, handles)) {
      ColumnFamilyHandle family = null;
      for (ColumnFamilyHandle one : handles) {
        if (new String(one.getName(), StandardCharsets.UTF_8).endsWith("/" + prefix)) {
          family = one;
        }
      }
      int seen = 0;
      try (RocksIterator records = db.newIterator(family)) {
        for (records.seekToFirst(); records.isValid(); records.next()) {
          if (++seen % each == 0) {
            db.delete(family, records.key());
            lost++;
          }
        }
      }
      db.flush(flush, family);
      handles.forEach(ColumnFamilyHandle::close);
    }
    return lost;
  }

  private Path directory(String name) {
    return stores.root().resolve(name);
  }

  /** Two stores that have joined the same, and are closed. */
  private void fill() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator first = start(a, "a", Duration.ZERO);
    Replicator second = start(b, "b", Duration.ZERO, first);
    Stores.write(a, 1, 300);
    Stores.write(b, 2, 300);
    for (int i = 0; i < 700; i++) {
      a.update("count/many" + i, new Update.Increment(i + 1L));
    }
    for (int i = 0; i < 25; i++) {
      // More than one piece of a copy.
      a.update("set/large", new Update.Add(Bytes.utf8(i + "x".repeat(60_000))));
    }
    Stores.awaitEqual(a, b);
    second.close();
    first.close();
    a.close();
    b.close();
  }

  @Test
  void twoStoresThatAreNotDamagedFindNothing() throws Exception {
    fill();
    Replicator first = start(stores.open(1), "a", Duration.ZERO);
    Replicator second = start(stores.open(2), "b", Duration.ZERO, first);
    awaitPeer(first);
    awaitPeer(second);

    assertThat(first.repair(2)).contains(RepairReport.CLEAN);
    assertThat(second.repair(1)).contains(RepairReport.CLEAN);
    assertThat(first.status().repairs()).isEqualTo(new RepairStatus(1, 0, 0, 0, 0, 0, 0, null));
  }

  @Test
  void oneCommandMendsBothEnds() throws Exception {
    fill();
    assertThat(lose(directory("store1"), "set/", 7)).isPositive();
    assertThat(lose(directory("store2"), "count/", 9)).isPositive();
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Replicator first = start(a, "a", Duration.ZERO);
    Replicator second = start(b, "b", Duration.ZERO, first);
    awaitPeer(first);

    RepairReport report = first.repair(2).orElseThrow();

    assertThat(report.fromLog()).isPositive();
    assertThat(report.quarantined()).isLessThan(report.differences());
    Stores.await(
        () -> second.status().repairs().compared() == 1,
        () -> "not mended: " + second.status().repairs());
    assertThat(second.status().repairs().fromLog()).isPositive();
    assertThat(first.repair(2)).contains(RepairReport.CLEAN);
    Stores.awaitEqual(a, b);
  }

  @Test
  void aScheduleMendsWithoutACommand() throws Exception {
    fill();
    lose(directory("store1"), "set/", 5);
    Replicator first = start(stores.open(1), "a", Duration.ofMillis(20));
    start(stores.open(2), "b", Duration.ZERO, first);

    Stores.await(
        () -> first.status().repairs().fromLog() > 0 && first.status().repairs().compared() > 1,
        () -> "not mended: " + first.status().repairs());
    assertThat(first.status().repairs().quarantined()).isZero();
  }

  @Test
  void whatTheOwnHistoryHasLostComesFromThePeer() throws Exception {
    fill();
    Tidemark cut = stores.open(1);
    cut.roll();
    cut.truncate();
    cut.close();
    stores.forgetSnapshots("store1");
    lose(directory("store1"), "set/", 3);
    Tidemark a = stores.open(1);
    Replicator first = start(a, "a", Duration.ZERO);
    Tidemark b = stores.open(2);
    start(b, "b", Duration.ZERO, first);
    awaitPeer(first);

    RepairReport report = first.repair(2).orElseThrow();

    assertThat(report.fromPeer()).isPositive();
    assertThat(report.quarantined()).isZero();
    assertThat(first.repair(2)).contains(RepairReport.CLEAN);
    Stores.awaitEqual(a, b);
    assertThat(a.value("set/large")).isEqualTo(b.value("set/large"));
  }

  @Test
  void aPeerThatIsNotConnectedIsNamed() throws Exception {
    Replicator alone = start(stores.open(1), "a", Duration.ZERO);

    assertThatThrownBy(() -> alone.repair(2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("peer is not connected");
  }
}
