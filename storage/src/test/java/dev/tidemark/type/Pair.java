package dev.tidemark.type;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.engine.strategy.Strategy;
import java.util.function.Consumer;
import java.util.function.Function;

/** Two replicas of one key and a handle on each; they hear of each other only when they meet. */
final class Pair<H> {
  private final FakeReplica leftReplica;
  private final FakeReplica rightReplica;
  private int leftSent;
  private int rightSent;

  final H left;
  final H right;

  Pair(Strategy strategy, Function<KeyAccess, H> handle) {
    leftReplica = new FakeReplica(strategy, 1);
    rightReplica = new FakeReplica(strategy, 2);
    left = handle.apply(leftReplica);
    right = handle.apply(rightReplica);
  }

  /** Both learn all that the other did, and are the same to the last byte. */
  Pair<H> meet() {
    int leftHas = (int) leftReplica.logSize();
    int rightHas = (int) rightReplica.logSize();
    leftReplica.receive(rightReplica, rightSent);
    rightReplica.receive(leftReplica, leftSent);
    leftSent = leftHas;
    rightSent = rightHas;
    assertThat(leftReplica.snapshot()).isEqualTo(rightReplica.snapshot());
    return this;
  }

  /** Lets the left one's next update be newer than all the right one has done. */
  Pair<H> laterOnTheLeft() {
    leftReplica.tick();
    return this;
  }

  /** Checks something on both. */
  void both(Consumer<H> check) {
    check.accept(left);
    check.accept(right);
  }
}
