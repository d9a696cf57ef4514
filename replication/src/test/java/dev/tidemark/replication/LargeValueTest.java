package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Values whose chunks come after what refers to them, from whoever has them. */
class LargeValueTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String KEY = "file/a";

  @RegisterExtension final Stores stores = new Stores();

  private static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Replicator start(Tidemark store, Replicator... peers) throws IOException {
    return stores.start(
        store, Loopback.options("n" + store.replicaId()).withPeers(Loopback.of(peers)));
  }

  private static void expect(Tidemark store, byte[] value) throws Exception {
    Stores.await(() -> store.largeValues().read(KEY).isPresent(), () -> "no reference");
    assertThat(store.largeValues().awaitData(KEY, LONG)).isTrue();
    try (InputStream in = store.largeValues().read(KEY).orElseThrow()) {
      assertThat(in.readAllBytes()).isEqualTo(value);
    }
  }

  @Test
  void aValueOfManyChunksComesFromEitherEndOfAConnection() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    byte[] value = noise(1, (20 << 20) + 17);
    byte[] other = noise(2, (3 << 20) + 1);
    a.largeValues().put(KEY, new ByteArrayInputStream(value));
    Replicator listening = start(a);
    start(b, listening);
    expect(b, value);

    b.largeValues().put(KEY, new ByteArrayInputStream(other));
    Stores.awaitEqual(a, b);
    expect(a, other);
  }

  /** The one in the middle has lost its chunks: it says so, and the value comes all the same. */
  @Test
  void whoHasNoChunksDoesNotEndTheWait() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark c = stores.open(3);
    byte[] value = noise(3, 5 << 20);
    a.largeValues().put(KEY, new ByteArrayInputStream(value));
    a.sync();
    try (var commits = a.commits(1)) {
      while (commits.next()) {
        b.accept(commits.bytes(), 1);
      }
    }
    Replicator emptyHanded = start(b);
    start(c, emptyHanded);
    Stores.await(() -> c.vector().equals(a.vector()), () -> "no commit");
    assertThat(c.largeValues().awaitData(KEY, Duration.ofMillis(1))).isFalse();

    start(a, emptyHanded);
    expect(b, value);
    expect(c, value);
  }

  /** One of the two who have it holds a chunk that has rotted: the other's is taken. */
  @Test
  void aChunkThatIsNotWhatItIsCalledIsTakenFromSomebodyElse() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    Tidemark c = stores.open(3);
    byte[] value = noise(4, 6 << 20);
    a.largeValues().put(KEY, new ByteArrayInputStream(value));
    Replicator first = start(a);
    Replicator second = start(b, first);
    expect(b, value);
    List<byte[]> before = rot(stores.root().resolve("store2/blobs"));
    Replicator third = start(c, first, second);
    expect(c, value);
    assertThat(third.status().valuesWaiting()).isZero();
    restore(stores.root().resolve("store2/blobs"), before);
  }

  private static List<Path> files(Path blobs) throws IOException {
    try (var files = Files.walk(blobs)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static List<byte[]> rot(Path blobs) throws IOException {
    List<byte[]> before = new java.util.ArrayList<>();
    for (Path file : files(blobs)) {
      byte[] bytes = Files.readAllBytes(file);
      before.add(bytes.clone());
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }
    return before;
  }

  private static void restore(Path blobs, List<byte[]> before) throws IOException {
    List<Path> files = files(blobs);
    for (int i = 0; i < files.size(); i++) {
      Files.write(files.get(i), before.get(i));
    }
  }

  /** What an earlier replicator has left is found by looking, and goes on. */
  @Test
  void aValueThatWasReferredToBeforeComesWhenSomebodyHasIt() throws Exception {
    Tidemark a = stores.open(1);
    Tidemark b = stores.open(2);
    byte[] value = noise(5, 4 << 20);
    a.largeValues().put(KEY, new ByteArrayInputStream(value));
    a.sync();
    try (var commits = a.commits(1)) {
      while (commits.next()) {
        b.accept(commits.bytes(), 1);
      }
    }
    Replicator listening = start(a);
    start(b, listening);
    expect(b, value);
  }
}
