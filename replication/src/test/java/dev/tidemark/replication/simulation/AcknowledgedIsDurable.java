package dev.tidemark.replication.simulation;

import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.wire.Frames;

/** What a node acknowledges is forced at that node when it says so. */
final class AcknowledgedIsDurable implements Invariant {
  @Override
  public void sent(Node from, Frame frame) {
    if (frame.hasAck()) {
      VersionVector told = Frames.vector(frame.getAck().getVector());
      require(from.durable.dominates(told), from, "acknowledged", told, "durable", from.durable);
      from.promised = from.promised.join(told);
    }
  }
}
