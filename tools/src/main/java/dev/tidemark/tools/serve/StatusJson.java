package dev.tidemark.tools.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.replication.PeerTrouble;
import dev.tidemark.replication.ReplicationStatus;
import dev.tidemark.replication.consistency.Progress;
import dev.tidemark.replication.gossip.Member;
import dev.tidemark.replication.gossip.MemberTable;
import dev.tidemark.replication.session.SessionStatus;
import dev.tidemark.replication.wire.Reason;
import dev.tidemark.storage.Status;
import dev.tidemark.tools.words.OperationWords;
import java.io.IOException;
import java.time.Instant;
import java.util.TreeMap;

/** A served store now, as JSON. */
final class StatusJson {
  private StatusJson() {}

  static void write(JsonGenerator json, String cluster, String name, Status store)
      throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("cluster", cluster);
    json.writeStringField("storeId", store.storeId());
    json.writeStringField("replicaId", ReplicaId.format(store.replicaId()));
    json.writeStringField("clock", OperationWords.time(store.clock()));
    json.writeStringField("interest", store.interest().toString());
    if (!store.wanted().equals(store.interest())) {
      json.writeStringField("widening", store.wanted().toString());
    }
    OperationWords.writeVector(json, "vector", store.vector());
    json.writeNumberField("firstPosition", store.firstPosition());
    json.writeNumberField("appendedPosition", store.appendedPosition());
    json.writeNumberField("syncedPosition", store.syncedPosition());
    json.writeNumberField("appliedPosition", store.appliedPosition());
    json.writeNumberField("segments", store.segments());
    json.writeNumberField("logBytes", store.logBytes());
    json.writeNumberField("stateBytes", store.stateBytes());
    json.writeNumberField("overlayBytes", store.overlayBytes());
    json.writeNumberField("nativeBytes", store.nativeBytes());
    json.writeObjectFieldStart("schema");
    for (var namespace : store.schema().namespaces()) {
      json.writeStringField(namespace.prefix().toUtf8(), namespace.strategy().id());
    }
    json.writeEndObject();
  }

  static void write(JsonGenerator json, ReplicationStatus replication) throws IOException {
    json.writeArrayFieldStart("peers");
    for (SessionStatus session : replication.sessions()) {
      if (session.replicaId() != 0) {
        write(json, session);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("members");
    for (MemberTable.Sight sight : replication.members()) {
      write(json, sight);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("troubles");
    for (PeerTrouble trouble : replication.troubles()) {
      json.writeStartObject();
      json.writeStringField("address", trouble.address());
      json.writeStringField("reason", trouble.reason().name());
      json.writeStringField("message", trouble.message());
      json.writeStringField("at", Instant.ofEpochMilli(trouble.atMillis()).toString());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("valuesWaiting", replication.valuesWaiting());
    json.writeNumberField("operationsLost", replication.operationsLost());
    json.writeObjectFieldStart("ended");
    for (var reason : new TreeMap<Reason, Long>(replication.ended()).entrySet()) {
      json.writeNumberField(reason.getKey().name(), reason.getValue());
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, MemberTable.Sight sight) throws IOException {
    Member member = sight.member();
    json.writeStartObject();
    json.writeStringField("name", member.name());
    json.writeStringField("replicaId", ReplicaId.format(member.replicaId()));
    json.writeStringField("state", member.state().name());
    json.writeNumberField("heardMillisAgo", sight.heardMillisAgo());
    json.writeNumberField("incarnation", member.incarnation());
    json.writeNumberField("clockMillis", member.clockMillis());
    json.writeNumberField("operations", member.operations());
    json.writeArrayFieldStart("addresses");
    for (String address : member.addresses()) {
      json.writeString(address);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, SessionStatus session) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", session.name());
    json.writeStringField("replicaId", ReplicaId.format(session.replicaId()));
    json.writeStringField("address", session.address());
    json.writeBooleanField("dialled", session.dialled());
    json.writeStringField("outbound", session.outbound().name());
    json.writeStringField("inbound", session.inbound().name());
    json.writeNumberField("lagOperations", session.lagOperations());
    json.writeNumberField("lagMillis", session.lagMillis());
    json.writeNumberField("behindOperations", session.behindOperations());
    json.writeNumberField("clockAheadMillis", session.clockAheadMillis());
    json.writeNumberField("sentBytes", session.sentBytes());
    json.writeNumberField("receivedBytes", session.receivedBytes());
    json.writeNumberField("received", session.received());
    json.writeNumberField("statesSent", session.states());
    json.writeStringField("interest", session.interest().toString());
    json.writeBooleanField("lacking", session.lacking());
    OperationWords.writeVector(json, "durable", session.durable());
    json.writeEndObject();
  }

  /** Who was reached at a level. */
  static void writeReached(JsonGenerator json, Progress progress) throws IOException {
    json.writeStringField("level", progress.level().toString());
    json.writeNumberField("members", progress.members());
    json.writeNumberField("needed", progress.needed());
    json.writeArrayFieldStart("reached");
    for (String name : progress.names()) {
      json.writeString(name);
    }
    json.writeEndArray();
  }
}
