package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.StoreLockedException;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.Opening;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.file.Trees;
import dev.tidemark.storage.format.Identity;
import dev.tidemark.storage.format.SealedFileLayout;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.state.StateOptions;
import dev.tidemark.storage.state.StateStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What opening finds, what it makes of it, and what it refuses without changing anything. */
class OpeningTest {
  private static final Schema SETS = Schema.of("s:", Strategy.OR_SET);

  @TempDir private Path parent;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Path dir;
  private StoreFiles files;

  @BeforeEach
  void name() {
    dir = parent.resolve("a/b");
    files = new StoreFiles(dir);
  }

  private Tidemark open(Schema schema) {
    return audit.open(dir, schema, Options.defaults());
  }

  private void fill() {
    try (Tidemark store = open(SETS)) {
      store.orSet("s:1", Codec.utf8()).add("a");
      store.lwwRegister("plain", Codec.utf8()).set("b");
    }
  }

  private void expectFilled(Tidemark store) {
    assertThat(store.orSet("s:1", Codec.utf8()).elements()).containsExactly("a");
    assertThat(store.lwwRegister("plain", Codec.utf8()).get()).contains("b");
  }

  /** What is not RocksDB's own: that rewrites its bookkeeping at every open. */
  private Map<String, Integer> contents() throws IOException {
    Map<String, Integer> all = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(dir)) {
      for (Path path : tree.filter(path -> !path.startsWith(files.state())).toList()) {
        String name = dir.relativize(path).toString();
        all.put(name, Files.isRegularFile(path) ? Arrays.hashCode(Files.readAllBytes(path)) : 0);
      }
    }
    return all;
  }

  private void refuses(
      Schema schema, Options options, Class<? extends Throwable> type, String title)
      throws IOException {
    Map<String, Integer> before = contents();
    assertThatThrownBy(() -> Tidemark.open(dir, schema, options))
        .isInstanceOf(type)
        .hasMessageContaining(title);
    assertThat(contents()).isEqualTo(before);
    StoreAudit.checkNothingHeld(dir);
  }

  @Test
  void createsWhatIsMissingAndFindsItAgain() {
    fill();
    try (Tidemark store = open(SETS)) {
      expectFilled(store);
      assertThat(store.recovery().found()).isEqualTo("clean");
      assertThat(store.recovery().replayedCommits()).isZero();
    }
  }

  @Test
  void refusesASecondOpenInThisProcess() {
    Tidemark store = open(SETS);
    assertThatThrownBy(() -> Tidemark.open(dir, SETS))
        .isInstanceOf(StoreLockedException.class)
        .hasMessageContaining("open already");
    store.lwwRegister("plain", Codec.utf8()).set("still mine");
  }

  @Test
  void refusesAnotherStrategyForAStoredPrefix() throws IOException {
    fill();
    Schema other = Schema.of("s:", Strategy.G_SET);
    refuses(other, Options.defaults(), SchemaMismatchException.class, "under another strategy");
    expectFilled(open(SETS));
  }

  @Test
  void letsTheSchemaGrowAndKeepsPrefixesThatAreNotAskedFor() {
    fill();
    try (Tidemark store = open(Schema.of("n:", Strategy.G_COUNTER))) {
      expectFilled(store);
      store.gCounter("n:1").increment();
      assertThat(store.schema().namespaces()).hasSize(3);
    }
  }

  @Test
  void refusesAPrefixThatShadowsStoredKeys() throws IOException {
    fill();
    Schema shadow = SETS.and("pla", Strategy.G_SET);
    refuses(shadow, Options.defaults(), SchemaMismatchException.class, "shadow stored keys");
    try (Tidemark store = open(SETS)) {
      expectFilled(store);
      assertThat(store.schema()).isEqualTo(SETS);
    }
  }

  /**
   * Only the state was asked whether a new prefix takes keys from another: after a crash, keys that
   * only the log had were then lost to their readers.
   */
  @Test
  void refusesAPrefixThatShadowsKeysWhichOnlyTheLogHas() throws IOException {
    leaveTheStateBehind();
    Schema shadow = SETS.and("pla", Strategy.G_SET);
    refuses(shadow, Options.defaults(), SchemaMismatchException.class, "shadow stored keys");
    Tidemark store = open(SETS.and("other", Strategy.G_SET));
    expectFilled(store);
    assertThat(store.recovery().replayedCommits()).isEqualTo(2);
  }

  /** A store whose folder fails leaves everything to the log. */
  private void leaveTheStateBehind() {
    try (Opening.Opened opened = Opening.open(dir, SETS, Options.defaults())) {
      var core = opened.core();
      try (var busy = core.state().fold()) {
        StoreKey set = new StoreKey(core, dev.tidemark.engine.codec.Bytes.utf8("s:1"), null);
        new dev.tidemark.type.OrSet<>(set, Codec.utf8()).add("a");
        StoreKey plain = new StoreKey(core, dev.tidemark.engine.codec.Bytes.utf8("plain"), null);
        new dev.tidemark.type.LwwRegister<>(plain, Codec.utf8()).set("b");
        assertThatThrownBy(core.upkeep()::flush)
            .isInstanceOf(dev.tidemark.error.StorePoisonedException.class);
      }
    }
  }

  /**
   * Without the state nobody knew the prefixes that were not asked for: folding their keys failed,
   * and poisoned the store.
   */
  @Test
  void rebuildsALostStateWithPrefixesThatAreNotAskedFor() throws IOException {
    fill();
    Scratch.delete(files.state());
    refuses(
        Schema.of("s:", Strategy.G_SET),
        Options.defaults(),
        SchemaMismatchException.class,
        "under another strategy");
    Tidemark store = open(Schema.of("n:", Strategy.G_COUNTER));
    expectFilled(store);
    store.flush();
  }

  @Test
  void goesOnWithTheStateWhereTheLogIsEmptied() throws IOException {
    fill();
    Scratch.delete(files.log());
    Files.createDirectory(files.log());
    // The state has it all: only what is logged from now on must be told apart.
    long old = Identity.read(files).orElseThrow().replicaId();
    try (Tidemark store = open(SETS)) {
      expectFilled(store);
      assertThat(store.replicaId()).isNotEqualTo(old);
    }
  }

  @Test
  void refusesANewerFormat() throws IOException {
    fill();
    byte[] identity = Files.readAllBytes(files.identity());
    ByteBuffer bytes = ByteBuffer.wrap(identity).order(ByteOrder.LITTLE_ENDIAN);
    int version = bytes.getShort(SealedFileLayout.VERSION);
    bytes.putShort(SealedFileLayout.VERSION, (short) (version + 1));
    CRC32C crc = new CRC32C();
    int end = identity.length - SealedFileLayout.FOOTER_BYTES;
    crc.update(identity, 0, end);
    bytes.putInt(end, (int) crc.getValue());
    Files.write(files.identity(), identity);
    audit.expectDamage(dir);
    refuses(SETS, Options.defaults(), StoreUnusableException.class, "too new");
  }

  @Test
  void refusesADirectoryThatIsNoStore() throws IOException {
    Files.createDirectories(dir);
    Files.writeString(dir.resolve("thesis.txt"), "mine");
    refuses(SETS, Options.defaults(), StoreUnusableException.class, "not a store");
  }

  @Test
  void refusesAPathThatIsAFileOrUnderOne() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "mine");
    for (Path path : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> Tidemark.open(path, SETS))
          .isInstanceOf(StoreUnusableException.class)
          .hasMessageContaining("cannot be created");
    }
    assertThat(file).hasContent("mine");
  }

  @Test
  void refusesADirectoryThatIsReadOnly() throws IOException {
    fill();
    assertThat(dir.toFile().setWritable(false)).isTrue();
    Assumptions.assumeFalse(
        Files.isWritable(dir), "this user may write to read-only directories, as root may");
    try {
      refuses(SETS, Options.defaults(), StoreUnusableException.class, "read-only");
    } finally {
      assertThat(dir.toFile().setWritable(true)).isTrue();
    }
  }

  @Test
  void refusesAnotherReplicaId() throws IOException {
    fill();
    refuses(
        SETS,
        Options.defaults().withReplicaId(7),
        IllegalArgumentException.class,
        "another replica id");
  }

  @Test
  void takesTheReplicaIdItIsGivenAtFirst() {
    try (Tidemark store = audit.open(dir, SETS, Options.defaults().withReplicaId(-9))) {
      assertThat(store.replicaId()).isEqualTo(-9);
    }
    assertThat(open(SETS).replicaId()).isEqualTo(-9);
  }

  /** Its state has no namespace for what stores say to each other. */
  @Test
  void aStateFromBeforeThereWereMembersGetsTheirNamespaceAndFoundsACluster() throws IOException {
    fill();
    Trees.delete(files.state());
    StateStore.open(files.state(), SETS, StateOptions.DEFAULT).close();
    try (Inspection before = Inspection.open(dir)) {
      assertThat(before.members().isFounded()).isFalse();
    }
    try (Tidemark store = open(SETS)) {
      expectFilled(store);
      assertThat(store.members().report().isFounded()).isFalse();
      store.members().found();
      assertThat(store.schema()).isEqualTo(SETS);
    }
    Tidemark again = open(SETS);
    assertThat(again.members().report().isFounded()).isTrue();
    expectFilled(again);
  }
}
