package dev.tidemark.storage.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.storage.fault.MemoryDirectory;
import dev.tidemark.storage.fault.ObservedFiles;
import dev.tidemark.storage.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Writers, readers, copies of references, drops, crashes and sweeps, interleaved at random and one
 * step at a time: whatever is referred to, and whatever a reader holds, can be read.
 */
class SweepModelProperties {
  private static final boolean NIGHTLY = Boolean.getBoolean("tidemark.nightly");
  private static final int TRIES = 60;
  private static final int STEPS = NIGHTLY ? 2_000 : 250;
  private static final int KEYS = 2;

  /**
   * Few, so that some are written again; not too few, or all are noted by every sweep. The last two
   * share a chunk.
   */
  private static final List<byte[]> CONTENTS = contents();

  private static List<byte[]> contents() {
    List<byte[]> contents = new ArrayList<>();
    for (byte i = 0; i < 12; i++) {
      contents.add(new byte[] {i});
    }
    contents.add(Arrays.copyOf(new byte[] {4}, Blobs.MIB + 1));
    contents.add(Arrays.copyOf(new byte[] {4}, Blobs.MIB + 2));
    return List.copyOf(contents);
  }

  @Property(tries = TRIES, shrinking = ShrinkingMode.OFF)
  void neverLosesWhatSomebodyHolds(@ForAll long seed) throws Exception {
    Path directory = MemoryDirectory.make();
    Files.createDirectories(directory);
    try {
      new Run(directory, new SplittableRandom(seed)).run();
    } finally {
      Trees.delete(directory);
    }
  }

  private static final class Run {
    private final Path directory;
    private final SplittableRandom random;

    /** What the log and the state would hold: by key, which content. */
    private final Map<Integer, LargeValue> references = new HashMap<>();

    private final Map<LargeValue, byte[]> known = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private BlobStore store;
    private @Nullable Lockstep sweep;

    Run(Path directory, SplittableRandom random) {
      this.directory = directory;
      this.random = random;
      this.store = Blobs.open(directory, new ObservedFiles());
    }

    void run() throws Exception {
      for (int step = 0; step < STEPS; step++) {
        step();
        for (LargeValue value : references.values()) {
          assertThat(store.missing(value).isNothing()).as("step %d: %s", step, value).isTrue();
        }
      }
      crash();
      references.forEach(
          (key, value) -> assertThat(Blobs.read(store, value)).isEqualTo(known.get(value)));
      int chunks = Blobs.chunks(directory).size();
      SweepReport report = Blobs.sweep(store, references.values());
      assertThat(report.completed()).isTrue();
      assertThat(Blobs.chunks(directory)).hasSize((int) report.kept());
      assertThat(report.removed()).isEqualTo(chunks - report.kept());
      store.close();
    }

    private void step() throws Exception {
      int dice = random.nextInt(100);
      if (dice < 25) {
        advanceSweep();
      } else if (dice < 42 && sessions.size() < 4) {
        sessions.add(new Session(random.nextInt(3)));
      } else if (dice < 82 && !sessions.isEmpty()) {
        Session session = sessions.get(random.nextInt(sessions.size()));
        if (!session.step()) {
          sessions.remove(session);
        }
      } else if (dice < 98) {
        references.remove(random.nextInt(KEYS));
      } else if (dice == 99) {
        crash();
      }
    }

    private void advanceSweep() {
      if (sweep == null) {
        sweep = new Lockstep(store, () -> List.copyOf(references.values()));
      } else if (!sweep.advance()) {
        assertThat(sweep.report().completed()).isTrue();
        sweep = null;
      }
    }

    /** All that is in memory is gone. */
    private void crash() throws InterruptedException {
      if (sweep != null) {
        sweep.kill();
        sweep = null;
      }
      sessions.clear();
      store.close();
      store = Blobs.open(directory, new ObservedFiles());
    }

    /** Somebody who holds a value for some steps: a writer, a reader, or one who copies it. */
    private final class Session {
      private final int kind;
      private final Visit visit = store.visit();
      private int at;
      private @Nullable LargeValue value;
      private @Nullable BlobInput in;

      Session(int kind) {
        this.kind = kind;
      }

      /** False if it is over. */
      boolean step() throws IOException {
        boolean goesOn =
            switch (kind) {
              case 0 -> write();
              case 1 -> read();
              default -> copy();
            };
        at++;
        if (!goesOn) {
          visit.close();
        }
        return goesOn;
      }

      private boolean write() {
        if (at == 0) {
          byte[] content = CONTENTS.get(random.nextInt(CONTENTS.size()));
          value = Blobs.write(visit, content);
          known.put(value, content);
          return true;
        }
        if (random.nextInt(4) == 0) {
          // Given up.
          return false;
        }
        references.put(random.nextInt(KEYS), value);
        return random.nextBoolean();
      }

      private boolean read() throws IOException {
        switch (at) {
          case 0 -> value = references.get(random.nextInt(KEYS));
          case 1 -> in = visit.read(value);
          case 2 -> assertThat(in.readNBytes(1)).hasSize(1);
          default -> {
            byte[] content = known.get(value);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 1, content.length));
            in.close();
          }
        }
        return at < 3 && value != null;
      }

      private boolean copy() {
        switch (at) {
          case 0 -> value = references.get(random.nextInt(KEYS));
          case 1 -> visit.refer(value);
          default -> references.put(random.nextInt(KEYS), value);
        }
        return at < 2 && value != null;
      }
    }
  }
}
