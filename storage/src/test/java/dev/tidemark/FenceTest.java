package dev.tidemark;

import static dev.tidemark.Exchanges.pull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.NotMemberException;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.snapshot.Restore;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that cannot go on under their ids are told so when they meet another. */
class FenceTest {
  private static final Schema SCHEMA =
      Schema.empty().and("n:", Strategy.PN_COUNTER).and("s:", Strategy.OR_SET);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();

  private final AtomicLong now = new AtomicLong(1_000_000);

  private Options options() {
    return QuietOptions.defaults().withClock(now::incrementAndGet);
  }

  private Tidemark open(long replica) {
    return audit.open(directory(replica), SCHEMA, options().withReplicaId(replica));
  }

  private Path directory(long replica) {
    return dir.resolve("store" + replica);
  }

  private static void write(Tidemark store) {
    store.pnCounter("n:1").increment(1);
  }

  private static void assertCount(Tidemark store, long expected) {
    assertThat(store.value("n:1")).isEqualTo(new Value.Counter(BigInteger.valueOf(expected)));
  }

  private static void settle(Tidemark... stores) {
    for (boolean more = true; more; ) {
      more = false;
      for (Tidemark from : stores) {
        for (Tidemark to : stores) {
          more |= pull(from, to) > 0;
        }
      }
      for (Tidemark store : stores) {
        more |= store.members().acknowledge();
      }
    }
  }

  private Tidemark found() {
    Tidemark first = open(1);
    first.members().found();
    return first;
  }

  private Tidemark admit(Tidemark sponsor, long replica) {
    Tidemark store = open(replica);
    sponsor.members().admit(replica);
    pull(sponsor, store);
    return store;
  }

  private static void assertFenced(Tidemark store, String reason) {
    assertThatThrownBy(() -> write(store))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining(reason);
  }

  private static void assertRefused(Tidemark from, Tidemark to, String reason) {
    assertThatThrownBy(() -> pull(from, to))
        .isInstanceOf(NotMemberException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aRetiredStoreIsToldByWhomeverItMeetsAndStaysTold() {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    Tidemark third = admit(first, 3);
    settle(first, second, third);
    first.members().retire(3);
    settle(first, second);
    write(third);
    long position = second.status().appendedPosition();

    assertRefused(third, second, "replica was retired: replica=3, by=1#");
    assertThat(second.status().appendedPosition()).isEqualTo(position);
    assertFenced(third, "retired from its cluster: replica=3, by=3#");
    third.close();
    assertFenced(open(3), "retired from its cluster");
  }

  /** It let others in, who then belonged to a side that nobody else listens to. */
  @Test
  void whomARetiredStoreLetInMeanwhileIsToldLikewise() {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    Tidemark third = admit(first, 3);
    settle(first, second, third);
    first.members().retire(3);
    settle(first, second);
    Tidemark fourth = admit(third, 4);
    write(fourth);

    assertRefused(fourth, second, "listened to one that was retired: replica=4, by=1#");
    assertFenced(fourth, "retired from its cluster: replica=4, by=4#");
    // Before anything is pulled: it has heard nothing of this one yet.
    assertRefused(first, third, "replica was retired");
    assertFenced(third, "retired from its cluster");
    write(second);
    settle(first, second);
    assertCount(first, 1);
  }

  @Test
  void twoThatRetireEachOtherAreBothRetiredAndTheOthersGoOn() {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    Tidemark third = admit(first, 3);
    settle(first, second, third);
    first.members().retire(2);
    second.members().retire(1);

    assertRefused(first, second, "replica was retired: replica=1, by=2#");
    assertFenced(first, "retired from its cluster");
    assertFenced(second, "retired from its cluster");
    assertRefused(second, first, "replica was retired");

    pull(first, third);
    assertRefused(second, third, "replica was retired");
    write(third);
    settle(third, admit(third, 4));
    assertThat(third.members().report().standings()).hasSize(2);
    assertThat(third.members().report().blocker()).isNull();
  }

  @Test
  void whereNobodyIsLeftTheClusterIsFoundedAgainWithWhatOneHas() {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    write(second);
    settle(first, second);
    first.members().retire(2);
    second.members().retire(1);
    assertRefused(first, second, "replica was retired");
    Path snapshot = first.snapshot().directory();
    assertThatThrownBy(() -> first.members().foundAgain())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this store was retired");

    Restore.run(snapshot, dir.resolve("again"), false);
    Tidemark again = audit.open(dir.resolve("again"), SCHEMA, options());
    assertFenced(again, "no member");
    again.members().foundAgain();
    assertThatThrownBy(() -> again.members().foundAgain()).hasMessageContaining("member already");
    write(again);
    settle(again, admit(again, 5));
    assertCount(again, 2);
    assertThat(again.members().report().standings()).hasSize(2);
    assertThat(again.members().report().blocker()).isNull();
  }

  /** One that is alive learns of it, and does not go on as another cluster. */
  @Test
  void whomAClusterThatIsFoundedAgainHasLeftIsToldSo() {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    settle(first, second);
    Restore.run(first.snapshot().directory(), dir.resolve("again"), false);
    Tidemark again = audit.open(dir.resolve("again"), SCHEMA, options());
    again.members().foundAgain();
    assertRefused(second, again, "replica was retired: replica=2");
    assertFenced(second, "retired from its cluster");
  }

  @Test
  void anOldCopyOfAStoreIsToldBeforeAnythingIsExchanged() throws IOException {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    settle(first, second);
    second.close();
    copy(directory(2), dir.resolve("backup"));
    Tidemark newer = open(2);
    write(newer);
    settle(first, newer);
    newer.close();

    empty(directory(2));
    copy(dir.resolve("backup"), directory(2));
    Tidemark old = open(2);
    write(first);
    for (List<Tidemark> pair : List.of(List.of(first, old), List.of(old, first))) {
      assertRefused(pair.get(0), pair.get(1), "old copy of itself: replica=2, seen=");
    }
    assertCount(old, 0);
    assertFenced(old, "old copy of itself");
  }

  /** It was written to before it met anybody, under numbers that others know for something else. */
  @Test
  void anOldCopyThatWasWrittenToIsGivenUpAndWhatItMadeIsMadeAnewByHand() throws IOException {
    Tidemark first = found();
    Tidemark second = admit(first, 2);
    settle(first, second);
    second.close();
    copy(directory(2), dir.resolve("backup"));
    Tidemark newer = open(2);
    write(newer);
    newer.orSet("s:1", Codec.utf8()).add("seen");
    settle(first, newer);
    newer.close();
    empty(directory(2));
    copy(dir.resolve("backup"), directory(2));
    Tidemark old = open(2);
    old.orSet("s:1", Codec.utf8()).add("alone");
    assertRefused(old, first, "old copy of itself: replica=2, seen=");
    assertFenced(old, "old copy of itself");

    first.members().retire(2);
    Tidemark third = admit(first, 3);
    settle(first, third);
    assertThatThrownBy(() -> third.members().reissue(old))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("store has another history of itself: replica=2");
    old.orSet("s:1", Codec.utf8()).elements().forEach(third.orSet("s:1", Codec.utf8())::add);
    settle(first, third);
    assertThat(first.orSet("s:1", Codec.utf8()).elements()).containsExactly("alone", "seen");
    assertCount(first, 1);
    assertThat(first.members().report().blocker()).isNull();
  }

  /**
   * It made more than others had seen of it before, and was not taken for an old copy. The log
   * tells as long as it reaches back, folded or not, where a run ends there.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOldCopyThatHasMadeMoreThanOthersSawIsToldSoToo(boolean compacted) throws IOException {
    Tidemark first = open(1);
    Tidemark second = open(2);
    write(second);
    second.close();
    copy(directory(2), dir.resolve("backup"));
    Tidemark newer = open(2);
    write(newer);
    pull(newer, first);
    newer.close();
    empty(directory(2));
    copy(dir.resolve("backup"), directory(2));
    Tidemark old = open(2);
    old.orSet("s:1", Codec.utf8()).add("alone");
    old.roll();
    if (compacted) {
      old.compact();
    }
    for (int i = 0; i < 3; i++) {
      write(old);
    }
    old.sync();
    for (List<Tidemark> pair : List.of(List.of(first, old), List.of(old, first))) {
      assertRefused(pair.get(0), pair.get(1), "old copy of itself that was written to: replica=2");
    }
    assertFenced(old, "old copy of itself that was written to");
    write(first);
    assertCount(first, 3);
  }

  /** A commit of several operations is seen as a whole, or not at all. */
  @Test
  void aHistoryThatEndsInTheMiddleOfACommitIsAnother() throws IOException {
    Tidemark first = open(1);
    Tidemark second = open(2);
    write(second);
    pull(second, first);
    second.close();
    empty(directory(2));
    Tidemark old = open(2);
    old.commit(
        batch -> {
          batch.update("n:1", new Update.Increment(1));
          batch.update("n:2", new Update.Increment(1));
        });
    old.sync();
    assertRefused(first, old, "old copy of itself that was written to: replica=2, seen=1, made=2");
  }

  @Test
  void whoHasSeenLessOfAStoreThatGoesOnStopsNobody() {
    Tidemark first = open(1);
    Tidemark second = open(2);
    for (int i = 0; i < 5; i++) {
      write(second);
      pull(second, first);
      write(second);
      second.roll();
      second.compact();
      write(second);
    }
    pull(second, first);
    assertCount(first, 15);
  }

  @Test
  void storesOfDifferentSchemasExchangeNothing() {
    Tidemark one = open(1);
    Tidemark other =
        audit.open(
            directory(2), Schema.empty().and("n:", Strategy.G_COUNTER), options().withReplicaId(2));
    one.orSet("s:1", Codec.utf8()).add("x");
    assertThatThrownBy(() -> pull(one, other))
        .isInstanceOf(SchemaMismatchException.class)
        .hasMessageContaining("prefix=n:");
    assertThat(other.vector().isEmpty()).isTrue();
  }

  @Test
  void storesOfOneReplicaIdExchangeNothing() {
    Tidemark one = open(1);
    Tidemark copy = audit.open(dir.resolve("copy"), SCHEMA, options().withReplicaId(1));
    assertThatThrownBy(() -> pull(one, copy))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one replica id");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
  }

  /** All but the directory itself, by whose place a store knows that it is not a copy. */
  private static void empty(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
  }

  /** Any peer could end a store for good by a word. */
  @Test
  void aStoreThatIsToldByAPeerThatItWasRetiredBelievesOnlyWhatFits() {
    Tidemark first = open(1);
    first.members().found();
    Tidemark second = open(2);
    first.members().admit(2);
    settle(first, second);
    write(first);
    write(second);
    pull(first, second);
    long seen = second.vector().get(1);
    List<Expulsion> lies =
        List.of(
            // Of somebody else, whose operations it does not have, or who was heard in full.
            told(7, 1, seen + 1, 0),
            told(1, 1, seen + 1, seen),
            // By somebody nobody has heard of, by an operation that says something else, by itself.
            told(2, 8, 1, 0),
            told(2, 1, seen, 0),
            told(2, 2, 1, 0),
            told(2, 2, 1_000, 0));
    for (Expulsion lie : lies) {
      assertThat(second.members().withdraw(lie)).as("%s", lie).isFalse();
    }
    write(second);
    first.members().retire(2);
    Expulsion truth = first.members().expulsion(2, second.vector());
    assertThat(second.members().withdraw(truth)).isTrue();
    assertThatThrownBy(() -> write(second)).isInstanceOf(NotMemberException.class);
  }

  private static Expulsion told(long retired, long by, long sequence, long taken) {
    return new Expulsion(new Retirement(retired, new Dot(by, sequence)), taken);
  }
}
