package dev.tidemark.replication.session;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.replication.v1.Hello;
import dev.tidemark.replication.wire.Frames;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this end is, and whom it talks to.
 *
 * @param store the store
 * @param storeId its id, in hexadecimal
 * @param instance random for each start
 * @param cluster whose stores exchange with each other
 * @param name what this end is called
 * @param allowed the names of peers; null for anybody
 */
public record Self(
    Tidemark store,
    String storeId,
    long instance,
    String cluster,
    String name,
    @Nullable Set<String> allowed) {
  /** The protocol version that is spoken. */
  public static final int VERSION = 1;

  /** The feature of one who answers a request for keys. */
  static final String WIDENING = "widening";

  /**
   * The first frame.
   *
   * @param interest the keys that the store holds as far as the session goes
   */
  Hello hello(Interest interest, boolean onDemand) {
    return Hello.newBuilder()
        .setMinVersion(VERSION)
        .setMaxVersion(VERSION)
        .setCluster(cluster)
        .setName(name)
        .setStoreId(Handshake.storeId(storeId))
        .setReplicaId(store.replicaId())
        .setInstance(instance)
        .setVector(Frames.bytes(store.vector()))
        .setOnDemand(onDemand)
        .setHistories(Frames.bytes(store.histories()))
        .setInterest(Frames.bytes(interest))
        .addFeatures(WIDENING)
        .build();
  }
}
