package dev.tidemark.replication.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.replication.wire.SessionEndedException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a connection that has closed. */
class InboxTest {
  private static final byte[] FRAME = {1};

  private Signals signals;
  private Inbox inbox;

  @BeforeEach
  void make() {
    signals = new Signals(ThreadDriver.INSTANCE);
    inbox = new Inbox(more -> {}, signals);
  }

  private byte[] take() {
    return inbox.take(signals.nanos() + Duration.ofMinutes(1).toNanos());
  }

  @Test
  void nothingIsLeftOfOneThatWasIdle() {
    inbox.add(FRAME);
    take();
    inbox.done();
    assertThat(inbox.close()).isTrue();
  }

  @Test
  void whatCameBeforeIsStillTaken() {
    inbox.add(FRAME);
    assertThat(inbox.close()).isFalse();
    assertThat(take()).isEqualTo(FRAME);
    expectGone(inbox::done);
  }

  /**
   * A peer said why it goes and closed; while the reader had its word in hand the connection was
   * found closed with nothing left, and the session was over as one that was lost.
   */
  @Test
  void whatIsBeingUsedAsItClosesIsUsed() {
    inbox.add(FRAME);
    take();
    assertThat(inbox.close()).isFalse();
    expectGone(inbox::done);
  }

  @Test
  void nothingComesBehindTheEnd() {
    inbox.close();
    expectGone(this::take);
  }

  private static void expectGone(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(SessionEndedException.class)
        .hasMessageContaining("connection is gone");
  }
}
