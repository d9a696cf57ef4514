package dev.tidemark.replication;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.causality.VersionVector;
import dev.tidemark.replication.gossip.Member;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Status;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A store and its replication as meters. They are read when the registry asks; nothing is counted
 * for them. To be taken out of the registry before the store is closed.
 */
public final class ReplicationMetrics implements MeterBinder {
  private static final long FRESH_NANOS = 200_000_000;

  private final Tidemark store;
  private final Replicator replicator;
  private Numbers numbers;
  private long readNanos;

  /** Everything at one moment, so that one look of a registry asks the store once. */
  private record Numbers(Status store, ReplicationStatus replication) {
    double peers() {
      return replication.sessions().stream().filter(session -> session.replicaId() != 0).count();
    }

    double most(ToLongFunction<SessionStatus> value) {
      return replication.sessions().stream()
          .filter(session -> session.replicaId() != 0)
          .mapToLong(value)
          .max()
          .orElse(0);
    }

    double sum(ToLongFunction<SessionStatus> value) {
      return replication.sessions().stream().mapToLong(value).sum();
    }

    double members(Member.State state) {
      return replication.members().stream()
          .filter(sight -> sight.member().state() == state)
          .count();
    }

    double operations() {
      VersionVector here = store.vector();
      double operations = 0;
      for (int i = 0; i < here.size(); i++) {
        operations += here.sequenceAt(i);
      }
      return operations;
    }
  }

  /** Meters of a store and its replicator. */
  public ReplicationMetrics(Tidemark store, Replicator replicator) {
    this.store = store;
    this.replicator = replicator;
    this.numbers = read();
    this.readNanos = System.nanoTime();
  }

  private Numbers read() {
    return new Numbers(store.status(), replicator.status());
  }

  private synchronized Numbers numbers() {
    long now = System.nanoTime();
    if (now - readNanos > FRESH_NANOS) {
      numbers = read();
      readNanos = now;
    }
    return numbers;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "tidemark.peers", "peers that are connected", null, Numbers::peers);
    gauge(
        registry,
        "tidemark.peers.lag",
        "operations here that the connected peer that is furthest behind has not acknowledged",
        BaseUnits.OPERATIONS,
        now -> now.most(SessionStatus::lagOperations));
    gauge(
        registry,
        "tidemark.peers.lag.time",
        "for how long that peer has lacked something",
        BaseUnits.MILLISECONDS,
        now -> now.most(SessionStatus::lagMillis));
    gauge(
        registry,
        "tidemark.peers.behind",
        "operations that some connected peer has seen and that are not here",
        BaseUnits.OPERATIONS,
        now -> now.most(SessionStatus::behindOperations));
    gauge(
        registry,
        "tidemark.sessions.sent",
        "frames to the peers, by the sessions that are open",
        BaseUnits.BYTES,
        now -> now.sum(SessionStatus::sentBytes));
    gauge(
        registry,
        "tidemark.sessions.received",
        "frames from the peers, by the sessions that are open",
        BaseUnits.BYTES,
        now -> now.sum(SessionStatus::receivedBytes));
    gauge(
        registry,
        "tidemark.values.waiting",
        "large values that lack chunks",
        null,
        now -> now.replication().valuesWaiting());
    counter(
        registry,
        "tidemark.chunks.fetched",
        "chunks of large values that were fetched",
        BaseUnits.BYTES,
        ReplicationStatus::chunkBytes);
    counter(
        registry,
        "tidemark.states.taken",
        "whole states of peers that were taken",
        null,
        ReplicationStatus::statesTaken);
    counter(
        registry,
        "tidemark.operations.lost",
        "operations that nobody has any more, of makers that were retired",
        BaseUnits.OPERATIONS,
        ReplicationStatus::operationsLost);
    counter(
        registry,
        "tidemark.chunks.refused",
        "chunks that were not what was asked for",
        null,
        ReplicationStatus::chunksRefused);
    for (Member.State state : Member.State.values()) {
      Gauge.builder("tidemark.members", this, metrics -> metrics.numbers().members(state))
          .description("members that others tell of, by whether they are there")
          .tag("state", state.name())
          .strongReference(true)
          .register(registry);
    }
    gauge(
        registry,
        "tidemark.operations",
        "operations of all replicas that are here",
        BaseUnits.OPERATIONS,
        Numbers::operations);
    FunctionCounter.builder("tidemark.conflicts", store, of -> of.conflicts().count())
        .description("values that were lost to a concurrent update")
        .register(registry);
    for (Reason reason : Reason.values()) {
      FunctionCounter.builder(
              "tidemark.sessions.ended",
              this,
              metrics -> metrics.numbers().replication().ended().getOrDefault(reason, 0L))
          .description("sessions and calls that ended, by reason")
          .tag("reason", reason.name())
          .register(registry);
    }
    bindStore(registry);
  }

  private void bindStore(MeterRegistry registry) {
    store(
        registry,
        "tidemark.log.position",
        "position of the newest commit",
        null,
        Status::appendedPosition);
    store(
        registry,
        "tidemark.log.synced",
        "newest position that survives a power loss",
        null,
        Status::syncedPosition);
    store(
        registry,
        "tidemark.state.position",
        "newest position that is folded",
        null,
        Status::appliedPosition);
    store(registry, "tidemark.log.segments", "log segments", null, Status::segments);
    store(registry, "tidemark.log.size", "the log on disk", BaseUnits.BYTES, Status::logBytes);
    store(
        registry, "tidemark.state.size", "the state on disk", BaseUnits.BYTES, Status::stateBytes);
    store(
        registry,
        "tidemark.overlay.size",
        "heap of what is not folded yet",
        BaseUnits.BYTES,
        Status::overlayBytes);
    store(
        registry,
        "tidemark.native.size",
        "RocksDB's cache and write buffers",
        BaseUnits.BYTES,
        Status::nativeBytes);
    store(
        registry,
        "tidemark.forget.waiting",
        "operations that some member has not seen",
        BaseUnits.OPERATIONS,
        status -> status.members().waiting());
  }

  private void store(
      MeterRegistry registry,
      String name,
      String description,
      @Nullable String unit,
      ToDoubleFunction<Status> value) {
    gauge(registry, name, description, unit, now -> value.applyAsDouble(now.store()));
  }

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      @Nullable String unit,
      ToDoubleFunction<ReplicationStatus> value) {
    FunctionCounter.builder(
            name, this, metrics -> value.applyAsDouble(metrics.numbers().replication()))
        .description(description)
        .baseUnit(unit)
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      @Nullable String unit,
      ToDoubleFunction<Numbers> value) {
    Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.numbers()))
        .description(description)
        .baseUnit(unit)
        // The registry alone keeps this.
        .strongReference(true)
        .register(registry);
  }
}
