package dev.tidemark.storage.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.clock.Version;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.register.VersionedCell;
import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyCacheTest {
  private static final int MAX_HEAD_BYTES = 256;
  private static final Namespace NAMESPACE = new Namespace(Bytes.utf8("r:"), Strategy.LWW_REGISTER);
  private static final Namespace OTHER = new Namespace(Bytes.utf8("r"), Strategy.LWW_REGISTER);

  private final Map<Bytes, Long> versions = new HashMap<>();
  private final KeyCache<StoredHead> cache = cache(1 << 10);
  private int reads;

  @Test
  void whatIsMissedTwiceIsKeptUntilTheNextCommit() {
    Bytes key = Bytes.utf8("r:a");
    for (int i = 0; i < 5; i++) {
      assertThat(get(NAMESPACE, key, 1, head(7, 10))).isEqualTo(7);
    }
    assertThat(reads).isEqualTo(2);

    assertThat(get(NAMESPACE, key, 2, head(8, 10))).isEqualTo(8);
    assertThat(get(NAMESPACE, key, 2, head(9, 10))).isEqualTo(8);
    assertThat(reads).isEqualTo(3);
  }

  @Test
  void aReadThatACommitOvertakesLeavesNothingForThoseBehindIt() {
    Bytes key = Bytes.utf8("r:a");
    long before = 1;
    get(NAMESPACE, key, before, head(7, 10));
    get(NAMESPACE, key, before, head(7, 10));

    assertThat(get(NAMESPACE, key, 2, head(8, 10))).isEqualTo(8);
  }

  private KeyCache<StoredHead> cache(int most) {
    return new KeyCache<>(
        most, key -> versions.getOrDefault(key, 0L), head -> head.head().length <= MAX_HEAD_BYTES);
  }

  /** Each took the other for outdated, since they were of different commits, and for its place. */
  @Test
  void twoThatShareASetStayThoughDifferentCommitsChangedThem() {
    KeyCache<StoredHead> set = cache(2);
    List<Bytes> keys = List.of(Bytes.utf8("r:a"), Bytes.utf8("r:b"));
    versions.put(keys.get(0), 1L);
    versions.put(keys.get(1), 2L);
    for (Bytes key : keys) {
      for (int i = 0; i < 2; i++) {
        set.get(NAMESPACE, key, head(7, 10));
      }
    }
    reads = 0;
    for (int i = 0; i < 10; i++) {
      set.get(NAMESPACE, keys.get(i % 2), head(7, 10));
    }
    assertThat(reads).isZero();
    versions.put(keys.get(0), 3L);
    Bytes third = Bytes.utf8("r:c");
    for (int i = 0; i < 5; i++) {
      set.get(NAMESPACE, third, head(7, 10));
      set.get(NAMESPACE, keys.get(1), head(7, 10));
    }
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void oneKeyOfTwoNamespacesIsTwo() {
    Bytes key = Bytes.utf8("r:a");
    for (int i = 0; i < 3; i++) {
      assertThat(get(NAMESPACE, key, 1, head(7, 10))).isEqualTo(7);
      assertThat(get(OTHER, key, 1, head(8, 10))).isEqualTo(8);
    }
  }

  @Test
  void whatIsLargeOrAbsentIsReadEachTime() {
    Bytes key = Bytes.utf8("r:a");
    for (int i = 1; i <= 4; i++) {
      assertThat(get(NAMESPACE, key, 1, head(i, MAX_HEAD_BYTES + 1))).isEqualTo(i);
    }
    Bytes absent = Bytes.utf8("r:b");
    for (int i = 1; i <= 4; i++) {
      assertThat(cache.get(NAMESPACE, absent, () -> null)).isNull();
    }
    assertThat(get(NAMESPACE, absent, 1, head(3, 10))).isEqualTo(3);
  }

  @Test
  void everyReadIsOfTheNewestCommitThoughHeadsAreKept(@TempDir Path directory) {
    SplittableRandom random = new SplittableRandom(1);
    Schema schema = Schema.of("r:", Strategy.LWW_REGISTER);
    long[] stamps = new long[20];
    try (StateStore state = StateStore.open(directory, schema, States.SMALL)) {
      for (int stamp = 1; stamp <= 200; stamp++) {
        int written = random.nextInt(stamps.length);
        stamps[written] = stamp;
        write(state, key(written), stamp);
        for (int i = 0; i < 60; i++) {
          int read = random.nextInt(stamps.length);
          byte[] head = state.view(NAMESPACE, key(read)).head();
          assertThat(head.length == 0 ? 0 : VersionedCell.decode(head).version().stamp())
              .isEqualTo(stamps[read]);
        }
      }
    }
  }

  @Test
  void nothingIsReadFromMemoryOnceTheStateIsClosed(@TempDir Path directory) {
    Schema schema = Schema.of("r:", Strategy.LWW_REGISTER);
    StateStore state = StateStore.open(directory, schema, States.SMALL);
    write(state, key(1), 1);
    for (int i = 0; i < 3; i++) {
      assertThat(state.view(NAMESPACE, key(1)).isStored()).isTrue();
    }
    StoredKey view = state.view(NAMESPACE, key(1));
    state.close();

    assertThatThrownBy(view::head).isInstanceOf(IllegalStateException.class);
  }

  private static void write(StateStore state, Bytes key, long stamp) {
    try (FoldBatch batch = state.fold()) {
      byte[] head = VersionedCell.encode(new Version(stamp, 1, stamp), Bytes.utf8("v" + stamp));
      batch.join(NAMESPACE, key, KeyDelta.ofHead(head));
      batch.progress(stamp, stamp, Collections.emptySortedMap());
      batch.commit();
    }
  }

  private static Bytes key(int number) {
    return Bytes.utf8("r:" + number);
  }

  private long get(
      Namespace namespace, Bytes key, long version, Supplier<@Nullable StoredHead> read) {
    versions.put(key, version);
    StoredHead head = cache.get(namespace, key, read);
    return head == null ? -1 : head.digest();
  }

  private Supplier<@Nullable StoredHead> head(long digest, int bytes) {
    return () -> {
      reads++;
      return new StoredHead(digest, 0, new byte[bytes]);
    };
  }
}
