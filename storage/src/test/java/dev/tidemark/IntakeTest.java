package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.ByteWriter;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.commit.Commit;
import dev.tidemark.engine.commit.CommitCodec;
import dev.tidemark.engine.commit.CommitHeader;
import dev.tidemark.engine.commit.Operation;
import dev.tidemark.engine.lattice.KeyDelta;
import dev.tidemark.engine.lattice.KeyState;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.OperationId;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.MalformedException;
import dev.tidemark.error.RefusedCommitException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.error.TidemarkException;
import dev.tidemark.storage.Options;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a store refuses to take from another one, and that it changes nothing when it does. */
class IntakeTest {
  private static final long THEIRS = 2;
  private static final long OURS = 1;
  private static final long NOW = 1_000_000;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private long theirClock = NOW;
  private Tidemark theirs;
  private Tidemark ours;

  @BeforeEach
  void open() {
    theirs = open("theirs", THEIRS, Options.defaults().withClock(() -> theirClock));
    ours = open("ours", OURS, Options.defaults().withClock(() -> NOW));
  }

  private Tidemark open(String name, long replica, Options options) {
    return audit.open(dir.resolve(name), EveryStrategy.SCHEMA, options.withReplicaId(replica));
  }

  /** The commits of a store, as it would send them. */
  private static List<byte[]> commits(Tidemark store) {
    store.sync();
    List<byte[]> commits = new ArrayList<>();
    try (CommitStream stream = store.commits(1)) {
      while (stream.next()) {
        commits.add(stream.bytes());
      }
    }
    return commits;
  }

  private static void add(Tidemark store, String element) {
    store.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add(element);
  }

  private void refuses(byte[] commit, Class<? extends Throwable> type, String title) {
    var before = List.of(ours.status().appendedPosition(), ours.vector(), ours.status().clock());
    assertThatThrownBy(() -> ours.accept(commit, THEIRS))
        .isInstanceOf(type)
        .hasMessageContaining(title);
    assertThat(List.of(ours.status().appendedPosition(), ours.vector(), ours.status().clock()))
        .isEqualTo(before);
  }

  @Test
  void takesEachCommitOnce() {
    add(theirs, "a");
    byte[] commit = commits(theirs).get(0);
    assertThat(ours.accept(commit, THEIRS)).isTrue();
    assertThat(ours.accept(commit, THEIRS)).isFalse();
    assertThat(ours.status().appendedPosition()).isEqualTo(1);
  }

  @Test
  void refusesAGap() {
    add(theirs, "a");
    add(theirs, "b");
    refuses(commits(theirs).get(1), RefusedCommitException.class, "gap");
  }

  @Test
  void refusesWhatComesBeforeItsCauses() {
    Tidemark third = open("third", 3, Options.defaults().withClock(() -> NOW));
    add(theirs, "a");
    try (Exchange exchange = new Exchange(theirs, third)) {
      exchange.pull();
    }
    add(third, "b");
    refuses(commits(third).get(1), RefusedCommitException.class, "before its causes");
  }

  /**
   * A replica was restored from a copy and wrote on: what it then sent under numbers that were
   * taken was passed over as known, until its next commit did not fit.
   */
  @Test
  void refusesAnotherCommitUnderTheNumberOfTheNewestAtOnce() {
    Tidemark twin = open("twin", THEIRS, Options.defaults().withClock(() -> NOW));
    add(theirs, "a");
    add(twin, "other");
    ours.accept(commits(theirs).get(0), THEIRS);
    refuses(commits(twin).get(0), RefusedCommitException.class, "another history");
    add(twin, "more");
    refuses(commits(twin).get(1), RefusedCommitException.class, "another history");
  }

  @Test
  void refusesACommitThatBeginsWithinWhatIsKnown() {
    Tidemark twin = open("twin", THEIRS, Options.defaults().withClock(() -> NOW));
    add(theirs, "a");
    twin.commit(
        batch -> {
          batch.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add("x");
          batch.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add("y");
        });
    ours.accept(commits(theirs).get(0), THEIRS);
    refuses(commits(twin).get(0), RefusedCommitException.class, "another history");
  }

  @Test
  void refusesACommitOfItsOwnThatItNeverMade() {
    Tidemark twin = open("twin", OURS, Options.defaults().withClock(() -> NOW));
    add(twin, "a");
    refuses(commits(twin).get(0), RefusedCommitException.class, "claims to be this replica's own");
  }

  @Test
  void refusesTheFutureFromItsAuthorAndTakesItFromOthers() {
    theirClock = NOW + Duration.ofSeconds(61).toMillis();
    add(theirs, "a");
    byte[] commit = commits(theirs).get(0);
    refuses(commit, RefusedCommitException.class, "from the future");
    assertThat(ours.accept(commit, 3)).isTrue();
    assertThat(ours.status().clock()).isEqualTo(theirs.status().clock());
  }

  /** The greatest bound overflowed when it was added to the clock, and refused everything. */
  @Test
  void takesWhatLiesWithinTheBound() {
    Tidemark patient =
        open(
            "patient",
            4,
            Options.defaults()
                .withClock(() -> NOW)
                .withMaxDrift(Duration.ofMillis(Long.MAX_VALUE)));
    Tidemark careless =
        open("careless", 5, Options.defaults().withClock(() -> NOW).withoutDriftBound());
    theirClock = NOW * 1_000;
    add(theirs, "a");
    byte[] commit = commits(theirs).get(0);
    assertThat(patient.accept(commit, THEIRS)).isTrue();
    assertThat(careless.accept(commit, THEIRS)).isTrue();
  }

  /** A replica whose clock went back broke the order by time that stability is computed from. */
  @Test
  void refusesAStampThatIsNotAboveItsOriginsLast() {
    add(theirs, "a");
    byte[] first = commits(theirs).get(0);
    ours.accept(first, THEIRS);
    Commit known = CommitCodec.decode(first, 0, first.length);
    Operation before = known.operations().get(0);
    Lattice lattice = before.namespace().strategy().lattice();
    OperationId id = new OperationId(THEIRS, 2, known.header().stamp());
    KeyDelta delta =
        lattice.prepare(new Update.Add(Bytes.utf8("b")), KeyState.bottomOf(lattice), id);
    ByteWriter out = new ByteWriter();
    CommitCodec.encode(
        new CommitHeader(THEIRS, 2, id.stamp(), 1, VersionVector.EMPTY, 0),
        List.of(new Operation(before.namespace(), before.key(), delta)),
        known.header().chain(),
        out);
    refuses(out.toByteArray(), RefusedCommitException.class, "stamped before");
  }

  @Test
  void refusesAnotherSchema() {
    String prefix = EveryStrategy.prefix(Strategy.OR_SET);
    Tidemark other =
        audit.open(dir.resolve("other"), Schema.of(prefix, Strategy.G_SET), Options.defaults());
    other.gSet(prefix + "0", Codec.utf8()).add("a");
    refuses(commits(other).get(0), SchemaMismatchException.class, "another schema");
  }

  @Test
  void refusesEveryMutationOfARealCommit() {
    theirs.commit(
        batch -> {
          for (Strategy strategy : Strategy.values()) {
            batch.update(EveryStrategy.key(strategy, 1), EveryStrategy.update(strategy, 0, 1, 3));
          }
        });
    byte[] commit = commits(theirs).get(0);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 4_000; i++) {
      byte[] mutated = mutate(commit, random);
      assertThatThrownBy(() -> ours.accept(mutated, THEIRS)).isInstanceOf(TidemarkException.class);
    }
    assertThat(ours.status().appendedPosition()).isZero();
    assertThat(ours.vector().isEmpty()).isTrue();
    assertThat(ours.accept(commit, THEIRS)).isTrue();
  }

  private static byte[] mutate(byte[] commit, SplittableRandom random) {
    int at = random.nextInt(commit.length);
    return switch (random.nextInt(3)) {
      case 0 -> java.util.Arrays.copyOf(commit, at);
      case 1 -> java.util.Arrays.copyOf(commit, commit.length + 1 + random.nextInt(9));
      default -> {
        byte[] copy = commit.clone();
        copy[at] ^= (byte) (1 << random.nextInt(8));
        yield copy;
      }
    };
  }

  @Test
  void refusesWhatIsLargerThanACommitMayBe() {
    add(theirs, "a");
    byte[] commit = commits(theirs).get(0);
    byte[] large = java.util.Arrays.copyOf(commit, Limits.MAX_COMMIT_BYTES + 1);
    refuses(large, MalformedException.class, "too large");
  }

  /** A commit taken in the middle of another was stamped after what the other had yet to log. */
  @Test
  void refusesToTakeACommitInsideACommit() {
    add(theirs, "a");
    byte[] commit = commits(theirs).get(0);
    assertThatThrownBy(() -> ours.commit(batch -> ours.accept(commit, THEIRS)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("inside a commit");
    assertThat(ours.status().appendedPosition()).isZero();
  }

  /** A pull that was refused went on behind the refused commit, and left a gap for ever. */
  @Test
  void offersAgainWhatWasRefused() {
    theirClock = NOW + Duration.ofSeconds(61).toMillis();
    add(theirs, "a");
    try (Exchange exchange = new Exchange(theirs, ours)) {
      assertThatThrownBy(exchange::pull).isInstanceOf(RefusedCommitException.class);
      ours.accept(commits(theirs).get(0), 3);
      add(theirs, "b");
      assertThatThrownBy(exchange::pull)
          .isInstanceOf(RefusedCommitException.class)
          .hasMessageContaining("from the future");
    }
    assertThat(ours.value(EveryStrategy.key(Strategy.OR_SET, 0)))
        .isEqualTo(new dev.tidemark.engine.operation.Value.Elements(List.of(Bytes.utf8("a"))));
  }
}
