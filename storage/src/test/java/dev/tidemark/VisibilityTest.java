package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.Options;
import dev.tidemark.type.Durability;
import dev.tidemark.type.LwwRegister;
import dev.tidemark.type.OrMapOfRegisters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What readers see while others write, and while what was written moves to the disk. */
class VisibilityTest {
  private static final Schema SCHEMA =
      Schema.of("s:", Strategy.OR_SET)
          .and("m:", Strategy.OR_MAP_OF_MV_REGISTER)
          .and("n:", Strategy.PN_COUNTER);
  private static final int COMMITS = 3_000;
  private static final String PADDING = "x".repeat(100);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private final AtomicBoolean over = new AtomicBoolean();
  private Tidemark store;

  @BeforeEach
  void open() {
    store =
        audit.open(
            dir, SCHEMA, Options.defaults().withOverlayBytes(64 << 10).withSegmentBytes(64 << 10));
  }

  private LwwRegister<Long> register(Handles handles, String key) {
    return handles.lwwRegister(key, Codec.int64());
  }

  private interface Body {
    void run() throws Exception;
  }

  /** Runs readers for as long as the writer writes. */
  private void whileWriting(Body writer, Body... readers) throws Exception {
    try (Tasks tasks = new Tasks()) {
      for (Body reader : readers) {
        tasks.start(
            () -> {
              while (!over.get()) {
                reader.run();
              }
              reader.run();
              return null;
            });
      }
      tasks.start(
          () -> {
            try {
              writer.run();
            } finally {
              over.set(true);
            }
            return null;
          });
      tasks.join();
    }
  }

  @Test
  void showsACommitOfSeveralKeysWholeOrNotAtAll() throws Exception {
    whileWriting(
        () -> {
          for (long i = 1; i <= COMMITS; i++) {
            long number = i;
            store.commit(
                batch -> {
                  register(batch, "a").set(number);
                  batch.orSet("s:1", Codec.utf8()).add(number + PADDING);
                  batch.pnCounter("n:1").increment();
                  register(batch, "z").set(number);
                });
            assertThat(register(store, "z").get()).as("its own write").contains(number);
          }
        },
        () -> {
          // The one that is read first may be older, never newer.
          long first = register(store, "a").get().orElse(0L);
          long count = store.pnCounter("n:1").value();
          long last = register(store, "z").get().orElse(0L);
          assertThat(count).isGreaterThanOrEqualTo(first);
          assertThat(last).isGreaterThanOrEqualTo(count);
        },
        () -> {
          try (Scan scan = store.scan("")) {
            List<Entry> entries = scan.page(10);
            if (!entries.isEmpty()) {
              assertThat(entries).hasSize(4);
              long number = register(store, "a").get().orElse(0L);
              assertThat(entries.get(0).value()).isEqualTo(entries.get(3).value());
              var set = (Value.Elements) entries.get(2).value();
              var count = (Value.Counter) entries.get(1).value();
              assertThat(count.sum().longValue()).isEqualTo(set.elements().size());
              assertThat(scan.position()).isEqualTo(set.elements().size());
              assertThat(number).isGreaterThanOrEqualTo(set.elements().size());
            }
          }
        });
  }

  /**
   * A single cell was read under a head of an earlier moment: a field that was overwritten while it
   * was folded showed its old value beside the new one.
   */
  @Test
  void readsAFieldAsItWasAtOneMoment() throws Exception {
    var map = store.orMapOfRegisters("m:1", Codec.utf8(), Codec.utf8());
    Bytes field = Bytes.utf8("f");
    map.set("f", "old");
    try (Tasks tasks = new Tasks()) {
      byte[] cell =
          store
              .key("m:1")
              .read(
                  CellRange.only(field),
                  view -> {
                    view.head();
                    overwriteAndFold(tasks, map);
                    return view.cell(field);
                  });
      var lattice = Strategy.OR_MAP_OF_MV_REGISTER.lattice();
      var value = (Value.Fields) lattice.value(KeyDelta.of(new byte[0], field, cell));
      assertThat(value.fields().get(field))
          .isEqualTo(new Value.Elements(List.of(Bytes.utf8("old"))));
    }
  }

  private void overwriteAndFold(Tasks tasks, OrMapOfRegisters<String, String> map) {
    try {
      Tasks.get(
          tasks.start(
              () -> {
                map.set("f", "new");
                store.flush();
                return null;
              }));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void showsOneValueOfAFieldThatOneReplicaOverwrites() throws Exception {
    var map = store.orMapOfRegisters("m:1", Codec.utf8(), Codec.utf8());
    map.set("f", "0");
    whileWriting(
        () -> {
          for (int i = 0; i < COMMITS; i++) {
            map.set("f", i + PADDING);
            if (i % 20 == 0) {
              // Freezes a generation, which is then folded.
              store.scan("m:").close();
            }
          }
        },
        () -> assertThat(map.values("f")).hasSize(1),
        () -> assertThat(map.size()).isEqualTo(1));
  }

  @Test
  void countsAndListsASetThatGrowsAndIsFolded() throws Exception {
    var set = store.orSet("s:1", Codec.int64());
    whileWriting(
        () -> {
          for (long i = 0; i < COMMITS; i++) {
            set.add(i);
          }
        },
        () -> {
          long size = set.size();
          List<Long> elements = set.elements();
          assertThat(elements).hasSizeGreaterThanOrEqualTo((int) size);
          assertThat(elements).isEqualTo(LongStream.range(0, elements.size()).boxed().toList());
          if (!elements.isEmpty()) {
            assertThat(set.contains(elements.get(elements.size() - 1))).isTrue();
          }
        });
  }

  @Test
  void returnsFromASyncedUpdateWhenItIsSynced() throws Exception {
    Body writer =
        () -> {
          for (int i = 0; i < 50; i++) {
            long position = store.pnCounter("n:1").with(Durability.SYNCED).increment();
            assertThat(store.status().syncedPosition()).isGreaterThanOrEqualTo(position);
          }
        };
    whileWriting(writer, () -> store.pnCounter("n:2").increment(), writer);
  }

  @Test
  void givesEachThreadItsOwnWritesAndAllOfThemToAll() throws Exception {
    List<Body> writers = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      String mine = "mine" + thread;
      writers.add(
          () -> {
            for (long i = 0; i < 500; i++) {
              register(store, mine).set(i);
              store.pnCounter("n:all").increment();
              assertThat(register(store, mine).get()).contains(i);
            }
          });
    }
    try (Tasks tasks = new Tasks()) {
      for (Body writer : writers) {
        tasks.start(
            () -> {
              writer.run();
              return null;
            });
      }
      tasks.join();
    }
    assertThat(store.pnCounter("n:all").value()).isEqualTo(2_000);
  }

  @Test
  void opensAHundredScansBetweenCommitsAndEachStaysAsItWas() throws Exception {
    List<Scan> scans = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 100; i++) {
      register(store, "k").set((long) i);
      scans.add(store.scan("k"));
      scans.add(store.scan("k"));
    }
    for (int i = 0; i < scans.size(); i++) {
      try (Scan scan = scans.get(i)) {
        assertThat(scan.position()).isEqualTo(i / 2 + 1);
        Entry entry = scan.next();
        var value = (Value.Register) entry.value();
        assertThat(Codec.int64().decode(value.value().array())).isEqualTo(i / 2);
        assertThat(scan.next()).isNull();
      }
    }
  }
}
