package dev.tidemark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.codec.Limits;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.OrSet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers get wrong: one clear error each, and nothing is logged. */
class BadArgumentsTest {
  private static final String SET = EveryStrategy.key(Strategy.OR_SET, 0);

  @TempDir private Path dir;
  @RegisterExtension final StoreAudit audit = new StoreAudit();
  private Tidemark store;

  @BeforeEach
  void open() {
    store = audit.open(dir);
  }

  @AfterEach
  void nothingWasLogged() {
    assertThat(store.status().appendedPosition()).isZero();
    assertThat(store.status().overlayBytes()).isZero();
  }

  @Test
  void refusesKeysThatAreNone() {
    refusesKey("", "key is empty");
    refusesKey("k".repeat(Limits.MAX_KEY_BYTES + 1), "key is too long");
    refusesKey("\ud800", "not Unicode");
  }

  private void refusesKey(String key, String title) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.key(key))
        .withMessageContaining(title);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.commit(batch -> batch.key(key)))
        .withMessageContaining(title);
  }

  @Test
  void refusesTextThatIsNotUnicode() {
    assertThatIllegalArgumentException().isThrownBy(() -> set().add("a\udfff"));
    assertThatIllegalArgumentException().isThrownBy(() -> store.scan("\udfff"));
    assertThatIllegalArgumentException().isThrownBy(() -> store.subscribe("\udfff"));
  }

  @Test
  void refusesElementsAndValuesThatAreTooLong() {
    refuses("too long", () -> set().add("e".repeat(Limits.MAX_ELEMENT_BYTES + 1)));
    var register = store.mvRegister(EveryStrategy.key(Strategy.MV_REGISTER, 0), Codec.utf8());
    refuses("too long", () -> register.set("v".repeat(Limits.MAX_VALUE_BYTES + 1)));
    var journal = store.journal(EveryStrategy.key(Strategy.JOURNAL, 0), Codec.bytes());
    refuses("too long", () -> journal.append(new byte[Limits.MAX_VALUE_BYTES + 1]));
  }

  @Test
  void refusesAmountsAndPayloadsThatAreOutOfRange() {
    var counter = store.gCounter(EveryStrategy.key(Strategy.G_COUNTER, 0));
    refuses("not above 0", () -> counter.increment(0));
    refuses("not above 0", () -> counter.increment(-1));
    var both = store.pnCounter(EveryStrategy.key(Strategy.PN_COUNTER, 0));
    refuses("not above 0", () -> both.decrement(Long.MIN_VALUE));
    var point = store.epochMax(EveryStrategy.key(Strategy.EPOCH_MAX, 0));
    refuses("wrong length", () -> point.put(new byte[15]));
  }

  @ParameterizedTest
  @EnumSource(Strategy.class)
  void refusesOperationsThatAStrategyDoesNotHave(Strategy strategy) {
    Update foreign = strategy == Strategy.JOURNAL ? new Update.Delete() : new Update.Append(null);
    refuses("not one of", () -> store.update(EveryStrategy.key(strategy, 0), foreign));
  }

  @Test
  void refusesHandlesOfAnotherStrategy() {
    refuses("another strategy", () -> store.gCounter(SET));
  }

  @Test
  void refusesPositionsThatAreNotInTheLog() {
    refuses("not in the log", () -> store.subscribe("", 0));
    refuses("not in the log", () -> store.subscribe("", 2));
    refuses("below 1", () -> store.commits(0));
    refuses("not appended", () -> store.awaitSynced(1));
  }

  @Test
  void refusesTooManyOperationsInABatch() {
    refuses(
        "too many operations",
        () ->
            store.commit(
                batch -> {
                  for (int i = 0; i <= Limits.MAX_OPERATIONS; i++) {
                    batch.gCounter(EveryStrategy.key(Strategy.G_COUNTER, 0)).increment();
                  }
                }));
  }

  /** The limit was looked at when all was gathered: a batch could take the whole heap before. */
  @Test
  void refusesTooManyBytesInABatchAsSoonAsTheyAreTooMany() {
    String large = "v".repeat(Limits.MAX_VALUE_BYTES);
    int[] gathered = new int[1];
    refuses(
        "commit is too large",
        () ->
            store.commit(
                batch -> {
                  for (int i = 0; i < 1_000; i++) {
                    batch
                        .mvRegister(EveryStrategy.key(Strategy.MV_REGISTER, i), Codec.utf8())
                        .set(large);
                    gathered[0]++;
                  }
                }));
    assertThat(gathered[0]).isLessThan(Limits.MAX_COMMIT_BYTES / Limits.MAX_VALUE_BYTES + 1);
  }

  @Test
  void refusesACommitInsideACommit() {
    assertThatIllegalStateException()
        .isThrownBy(() -> store.commit(batch -> store.commit(inner -> {})))
        .withMessageContaining("commit inside a commit");
    assertThatIllegalStateException()
        .isThrownBy(() -> store.commit(batch -> set().add("a")))
        .withMessageContaining("commit inside a commit");
  }

  /** Flushing inside a commit came back at once with nothing flushed; closing hung for ever. */
  @Test
  void refusesToFlushOrCloseInsideACommit() {
    assertThatIllegalStateException()
        .isThrownBy(() -> store.commit(batch -> store.flush()))
        .withMessageContaining("flush inside a commit");
    assertThatIllegalStateException()
        .isThrownBy(() -> store.commit(batch -> store.close()))
        .withMessageContaining("close inside a commit");
    assertThat(set().size()).isZero();
  }

  @Test
  void refusesABatchThatIsOver() {
    AtomicReference<Batch> kept = new AtomicReference<>();
    AtomicReference<OrSet<String>> handle = new AtomicReference<>();
    store.commit(
        batch -> {
          kept.set(batch);
          handle.set(batch.orSet(SET, Codec.utf8()));
        });
    assertThatIllegalStateException()
        .isThrownBy(() -> kept.get().update(SET, new Update.Delete()))
        .withMessageContaining("batch is over");
    assertThatIllegalStateException().isThrownBy(() -> kept.get().value(SET));
    assertThatIllegalStateException().isThrownBy(() -> handle.get().add("late"));
    assertThatIllegalStateException().isThrownBy(() -> handle.get().size());
  }

  @Test
  void refusesABatchInAnotherThread() throws Exception {
    try (Tasks tasks = new Tasks()) {
      store.commit(
          batch ->
              assertThatThrownBy(
                      () ->
                          Tasks.get(
                              tasks.start(
                                  () -> {
                                    batch.update(SET, new Update.Delete());
                                    return null;
                                  })))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("another thread"));
    }
  }

  @Test
  void pollsForEverAndForNoTimeAtAll() throws Exception {
    try (Subscription subscription = store.subscribe("")) {
      assertThat(subscription.poll(Duration.ZERO)).isNull();
      assertThat(subscription.poll(Duration.ofSeconds(-1))).isNull();
    }
  }

  private OrSet<String> set() {
    return store.orSet(SET, Codec.utf8());
  }

  private static void refuses(String title, Runnable call) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(title);
  }
}
