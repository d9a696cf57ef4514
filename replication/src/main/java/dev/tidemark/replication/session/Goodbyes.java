package dev.tidemark.replication.session;

import dev.tidemark.engine.causality.Dot;
import dev.tidemark.engine.stability.Expulsion;
import dev.tidemark.engine.stability.Retirement;
import dev.tidemark.replication.v1.Frame;
import dev.tidemark.replication.v1.Goodbye;
import dev.tidemark.replication.v1.Retired;
import dev.tidemark.replication.wire.SessionEndedException;
import org.jspecify.annotations.Nullable;

/** Last frames, from and to the wire. */
final class Goodbyes {
  private Goodbyes() {}

  static Frame of(SessionEndedException why) {
    Goodbye.Builder goodbye =
        Goodbye.newBuilder()
            .setReason(why.reason().name())
            .setDetail(String.valueOf(why.getMessage()));
    Expulsion expulsion = why.expulsion();
    if (expulsion != null) {
      Retirement retirement = expulsion.retirement();
      goodbye.setRetired(
          Retired.newBuilder()
              .setReplicaId(retirement.replica())
              .setByReplicaId(retirement.by().replica())
              .setBySequence(retirement.by().sequence())
              .setTaken(expulsion.taken()));
    }
    return Frame.newBuilder().setGoodbye(goodbye).build();
  }

  /** By what a peer says that this end cannot go on; null if it does not say. */
  static @Nullable Expulsion expulsion(Goodbye goodbye) {
    if (!goodbye.hasRetired()) {
      return null;
    }
    Retired retired = goodbye.getRetired();
    Dot by = new Dot(retired.getByReplicaId(), retired.getBySequence());
    return new Expulsion(new Retirement(retired.getReplicaId(), by), retired.getTaken());
  }
}
