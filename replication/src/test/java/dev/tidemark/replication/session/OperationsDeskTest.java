package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tidemark.replication.v1.OperationsAnswer;
import dev.tidemark.replication.v1.OperationsRequest;
import dev.tidemark.replication.wire.SessionEndedException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** To answer a question is to read a part of the log, and nothing said how often one may ask. */
class OperationsDeskTest {
  private static final long WORK_NANOS = 1_000;
  private static final long LATER = Long.MAX_VALUE / 2;

  private long now = -5;
  private final OperationsDesk desk = new OperationsDesk(() -> now);

  private void ask(long id) {
    desk.onRequest(OperationsRequest.newBuilder().setId(id).setReplicaId(7).setSequence(1).build());
  }

  private void answer(long id) {
    assertThat(desk.nextToServe()).extracting(OperationsRequest::getId).isEqualTo(id);
    now += WORK_NANOS;
    desk.served();
  }

  @Test
  void whoAsksForTheFirstTimeIsAnsweredAtOnce() {
    ask(1);
    answer(1);
  }

  @Test
  void whoAsksAgainAndAgainGetsATenthOfTheTime() {
    ask(1);
    long begun = now;
    for (long id = 1; id <= 100; id++) {
      answer(id);
      ask(id + 1);
      assertThat(desk.nextToServe()).isNull();
      now = desk.due(LATER);
    }
    assertThat(now - begun).isEqualTo(10 * 100 * WORK_NANOS);
  }

  @Test
  void ofThoseThatComeMeanwhileTheNewestIsAnswered() {
    ask(1);
    answer(1);
    for (long id = 2; id <= 50; id++) {
      ask(id);
    }
    now = desk.due(LATER);
    answer(50);
    now += 100 * WORK_NANOS;
    assertThat(desk.nextToServe()).isNull();
  }

  @Test
  void whereNothingIsAskedNothingIsWaitedFor() {
    ask(1);
    answer(1);
    assertThat(desk.due(LATER)).isEqualTo(LATER);
    ask(2);
    assertThat(desk.due(now + 1)).isEqualTo(now + 1);
  }

  /** The session was over, and whoever had asked waited for it up to five minutes more. */
  @Test
  void whoeverHasAskedIsToldOfAnAnswerThatCannotBeRead() {
    CompletableFuture<Optional<OperationsFound>> asked =
        desk.ask(new OperationsQuestion(7, 1, Set.of()));
    OperationsAnswer unreadable =
        OperationsAnswer.newBuilder().setId(1).setMembers(ByteString.copyFromUtf8("odd")).build();
    assertThatThrownBy(() -> desk.onAnswer(unreadable)).isInstanceOf(SessionEndedException.class);
    assertThat(asked).isCompletedWithValue(Optional.empty());
  }
}
