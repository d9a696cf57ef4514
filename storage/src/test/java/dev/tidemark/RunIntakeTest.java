package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.RefusedRunException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.core.RunReception;
import dev.tidemark.storage.file.StoreFiles;
import dev.tidemark.storage.handover.Run;
import dev.tidemark.storage.handover.StateExport;
import dev.tidemark.storage.log.OriginCoverage;
import dev.tidemark.storage.run.RunRecord;
import dev.tidemark.storage.run.RunRecords;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a store refuses to take as a run, and that it changes nothing when it does. */
class RunIntakeTest {
  private static final long OURS = 1;
  private static final long THEIRS = 2;
  private static final long THIRD = 3;
  private static final long NOW = 1_000_000;

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private long theirClock = NOW;
  private Tidemark ours;
  private Tidemark theirs;

  @BeforeEach
  void open() {
    // Its files are looked at while it is open: nothing is to come and go by itself.
    ours = open("ours", OURS, QuietOptions.defaults().withClock(() -> NOW));
    theirs = open("theirs", THEIRS, Options.defaults().withClock(() -> theirClock));
  }

  private Tidemark open(String name, long replica, Options options) {
    return audit.open(dir.resolve(name), EveryStrategy.SCHEMA, options.withReplicaId(replica));
  }

  private static void add(Tidemark store, String element) {
    store.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).add(element);
  }

  /** A run that says something else of one origin than it holds. */
  private record Forged(Run run, long origin, UnaryOperator<OriginCoverage> change) implements Run {
    @Override
    public Interest interest() {
      return run.interest();
    }

    @Override
    public List<OriginCoverage> coverage() {
      List<OriginCoverage> coverage = new ArrayList<>();
      for (OriginCoverage of : run.coverage()) {
        coverage.add(of.origin() == origin ? change.apply(of) : of);
      }
      return coverage;
    }

    @Override
    public RunRecords records() {
      return run.records();
    }
  }

  private void refuses(Run run, Class<? extends Throwable> type, String title) throws IOException {
    var before = List.of(ours.status().appendedPosition(), ours.vector(), ours.status().clock());
    var files = filesOfTheLog();
    assertThatThrownBy(() -> ours.accept(run, THEIRS))
        .isInstanceOf(type)
        .hasMessageContaining(title);
    assertThat(List.of(ours.status().appendedPosition(), ours.vector(), ours.status().clock()))
        .isEqualTo(before);
    assertThat(filesOfTheLog()).isEqualTo(files);
  }

  private List<Path> filesOfTheLog() throws IOException {
    try (var files = Files.walk(new StoreFiles(dir.resolve("ours")).log())) {
      return files.sorted().toList();
    }
  }

  private void refusesTheirs(long origin, UnaryOperator<OriginCoverage> change, String title)
      throws IOException {
    theirs.flush();
    try (StateExport state = theirs.export()) {
      refuses(new Forged(state, origin, change), RefusedRunException.class, title);
    }
  }

  @Test
  void takesAStateOnce() {
    add(theirs, "a");
    theirs.flush();
    try (StateExport state = theirs.export()) {
      assertThat(ours.accept(state, THEIRS)).isTrue();
      assertThat(ours.accept(state, THEIRS)).isFalse();
    }
    assertThat(ours.status().appendedPosition()).isEqualTo(1);
    assertThat(ours.vector()).isEqualTo(theirs.vector());
  }

  @Test
  void refusesWhatKnowsMoreOfItThanItDoesItself() throws IOException {
    Tidemark twin = open("twin", OURS, Options.defaults().withClock(() -> NOW));
    add(twin, "of a copy");
    pull(twin, theirs);
    refusesTheirs(OURS, of -> of, "knows more of this replica than the replica itself");
  }

  @Test
  void refusesAnotherHistoryOfItself() throws IOException {
    Tidemark twin = open("twin", OURS, Options.defaults().withClock(() -> NOW));
    add(twin, "of a copy");
    pull(twin, theirs);
    add(theirs, "a");
    add(ours, "of the store");
    refusesTheirs(OURS, of -> of, "another history");
  }

  @Test
  void refusesAGap() throws IOException {
    add(theirs, "a");
    add(theirs, "b");
    refusesTheirs(THEIRS, of -> with(of, 1, of.summary(), 5, of.chainAfter()), "leaves a gap");
  }

  @Test
  void refusesWhatBeginsInAnotherHistory() throws IOException {
    add(theirs, "a");
    pull(theirs, ours);
    add(theirs, "b");
    refusesTheirs(THEIRS, of -> with(of, 1, of.summary(), 5, of.chainAfter()), "another history");
  }

  @Test
  void refusesWhatComesBeforeItsCauses() throws IOException {
    add(theirs, "a");
    refusesTheirs(
        THEIRS,
        of -> with(of, 0, VersionVector.of(THIRD, 4), 0, of.chainAfter()),
        "before its causes");
  }

  @Test
  void refusesAStampThatIsNotAboveItsOriginsLast() throws IOException {
    add(theirs, "a");
    pull(theirs, ours);
    add(theirs, "b");
    refusesTheirs(
        THEIRS,
        of ->
            new OriginCoverage(
                of.origin(), 0, of.after(), 1, of.summary(), of.chainBefore(), of.chainAfter()),
        "stamped before");
  }

  private static OriginCoverage with(
      OriginCoverage of, long before, VersionVector summary, long chainBefore, long chainAfter) {
    return new OriginCoverage(
        of.origin(), before, of.after(), of.lastStamp(), summary, chainBefore, chainAfter);
  }

  @Test
  void refusesTheFutureFromItsAuthorAndTakesItFromOthers() throws IOException {
    theirClock = NOW + Duration.ofSeconds(61).toMillis();
    add(theirs, "a");
    refusesTheirs(THEIRS, of -> of, "from the future");
    try (StateExport state = theirs.export()) {
      assertThat(ours.accept(state, THIRD)).isTrue();
    }
    assertThat(ours.status().clock()).isEqualTo(theirs.status().clock());
  }

  @Test
  void refusesAnotherSchema() throws IOException {
    String prefix = EveryStrategy.prefix(Strategy.OR_SET);
    Tidemark other =
        audit.open(dir.resolve("other"), Schema.of(prefix, Strategy.G_SET), Options.defaults());
    other.gSet(prefix + "0", Codec.utf8()).add("a");
    other.flush();
    try (StateExport state = other.export()) {
      refuses(state, SchemaMismatchException.class, "another schema");
    }
  }

  /** Its own operations came back with a state that it had told another store of. */
  @Test
  void takesAStateThatHoldsWhatItMadeItself() {
    add(ours, "mine");
    pull(ours, theirs);
    add(ours, "since");
    add(theirs, "theirs");
    theirs.flush();
    try (StateExport state = theirs.export()) {
      assertThat(ours.accept(state, THEIRS)).isTrue();
    }
    pull(ours, theirs);
    assertThat(ours.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).elements())
        .containsExactly("mine", "since", "theirs")
        .isEqualTo(theirs.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).elements());
  }

  @Test
  void tellsItsOwnPeersWhatARunBrought() {
    Tidemark third = open("third", THIRD, Options.defaults().withClock(() -> NOW));
    add(theirs, "a");
    theirs.flush();
    try (StateExport state = theirs.export()) {
      ours.accept(state, THEIRS);
    }
    add(ours, "b");
    ours.sync();
    try (CommitStream stream = ours.commits(2)) {
      assertThat(stream.next()).isTrue();
      // The commit behind the run says that its maker had seen what the run holds.
      assertThat(stream.header().summary()).isEqualTo(VersionVector.of(THEIRS, 1));
      assertThatThrownBy(() -> third.accept(stream.bytes(), OURS))
          .hasMessageContaining("before its causes");
    }
  }

  @Test
  void survivesItsProcessOnceItIsTaken() {
    add(theirs, "a");
    theirs.flush();
    try (StateExport state = theirs.export()) {
      ours.accept(state, THEIRS);
    }
    KillCopy.kill(ours, dir.resolve("ours"));
    Tidemark again = audit.open(dir.resolve("ours"), EveryStrategy.SCHEMA, Options.defaults());
    assertThat(again.orSet(EveryStrategy.key(Strategy.OR_SET, 0), Codec.utf8()).elements())
        .containsExactly("a");
  }

  /** What was in memory only would be gone for whoever reads the state as it was before the run. */
  @Test
  void whatIsPendingWhenARunIsTakenIsSeenWhileItIsFolded() throws Exception {
    String key = EveryStrategy.key(Strategy.LWW_REGISTER, 0);
    for (int i = 0; i < 24; i++) {
      theirs.update(
          EveryStrategy.key(Strategy.JOURNAL, i), new Update.Append(Bytes.wrap(new byte[700_000])));
    }
    theirs.flush();
    AtomicBoolean isOver = new AtomicBoolean();
    try (StateExport state = theirs.export();
        RunReception reception =
            Objects.requireNonNull(
                ours.receive(
                    state.coverage(),
                    state.floor(),
                    Interest.ALL,
                    THEIRS,
                    theirs.largeValues().source()))) {
      RunRecords records = state.records();
      for (RunRecord next = records.next(); next != null; next = records.next()) {
        reception.add(next);
      }
      ours.update(key, new Update.SetValue(Bytes.utf8("pending")));
      Value pending = ours.value(key);
      ExecutorService threads = Executors.newSingleThreadExecutor();
      Future<Integer> reader =
          threads.submit(
              () -> {
                int reads = 0;
                do {
                  assertThat(ours.value(key)).isEqualTo(pending);
                  reads++;
                } while (!isOver.get());
                return reads;
              });
      threads.shutdown();
      try {
        assertThat(reception.finish()).isPositive();
      } finally {
        isOver.set(true);
      }
      assertThat(reader.get()).isPositive();
      assertThat(ours.value(key)).isEqualTo(pending);
    }
  }
}
