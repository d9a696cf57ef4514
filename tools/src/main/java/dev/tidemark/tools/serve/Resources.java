package dev.tidemark.tools.serve;

import dev.tidemark.Entry;
import dev.tidemark.Scan;
import dev.tidemark.Tidemark;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Explained;
import dev.tidemark.error.Problem;
import dev.tidemark.replication.Replicator;
import dev.tidemark.replication.consistency.Acknowledged;
import dev.tidemark.storage.Status;
import dev.tidemark.tools.output.ValueJson;
import dev.tidemark.tools.words.MembersView;
import dev.tidemark.tools.words.RingView;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Response;

/** What can be asked for. */
final class Resources {
  /** How many requests may wait for other members: the rest of the threads answers the rest. */
  private static final int MOST_WAITING = Endpoint.THREADS / 2;

  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Tidemark store;
  private final Replicator replicator;
  private final PrometheusMeterRegistry meters;
  private final String cluster;
  private final String name;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);

  Resources(
      Tidemark store,
      Replicator replicator,
      PrometheusMeterRegistry meters,
      String cluster,
      String name) {
    this.store = store;
    this.replicator = replicator;
    this.meters = meters;
    this.cluster = cluster;
    this.name = name;
  }

  void update(String key, byte[] body, Map<String, String> query, Response response)
      throws IOException {
    requireOnly(query, Set.of());
    UpdateRequest wanted = UpdateRequest.parse(body);
    make(key, wanted::update, wanted.waiting(), response);
  }

  void delete(String key, Map<String, String> query, Response response) throws IOException {
    make(key, strategy -> new Update.Delete(), waiting(query), response);
  }

  private void make(String key, Function<Strategy, Update> words, Waiting wanted, Response response)
      throws IOException {
    Update update = words.apply(store.key(key).strategy());
    Acknowledged done =
        bounded(
            wanted,
            () ->
                replicator.update(
                    key,
                    access -> access.with(wanted.durability()).update(update),
                    wanted.level(),
                    wanted.timeout()));
    Answer.json(
        response,
        json -> {
          json.writeStartObject();
          json.writeNumberField("position", done.position());
          if (wanted.isRemote()) {
            StatusJson.writeReached(json, done.progress());
          }
          json.writeEndObject();
        });
  }

  void read(String key, Map<String, String> query, Response response) throws IOException {
    Waiting wanted = waiting(query);
    Value value =
        bounded(
            wanted,
            () ->
                replicator.read(
                    key,
                    access -> access.read(CellRange.ALL, access.strategy().lattice()::value),
                    wanted.level(),
                    wanted.timeout()));
    Answer.json(response, json -> ValueJson.write(json, value));
  }

  void scan(Map<String, String> query, Response response) throws IOException {
    requireOnly(query, Set.of("prefix", "limit"));
    long limit = limit(query.getOrDefault("limit", ""));
    try (Scan scan = store.scan(query.getOrDefault("prefix", ""))) {
      Answer.json(
          response,
          json -> {
            json.writeStartArray();
            Entry entry = limit > 0 ? scan.next() : null;
            for (long n = 1; entry != null; n++) {
              json.writeStartObject();
              json.writeStringField("key", entry.key());
              json.writeStringField("strategy", entry.strategy().id());
              json.writeFieldName("value");
              ValueJson.write(json, entry.value());
              json.writeEndObject();
              entry = n < limit ? scan.next() : null;
            }
            json.writeEndArray();
          });
    }
  }

  void ring(Map<String, String> query, Response response) throws IOException {
    requireOnly(query, Set.of());
    RingView ring = RingView.of(store.ring().report());
    Answer.json(response, json -> RingJson.write(json, ring));
  }

  void changeRing(byte[] body, Map<String, String> query, Response response) throws IOException {
    change(ClusterResource.RING, wanted -> wanted.apply(store.ring()), body, query, response);
  }

  void members(Map<String, String> query, Response response) throws IOException {
    requireOnly(query, Set.of());
    MembersView members = MembersView.of(store.members().report());
    Answer.json(response, json -> MembersJson.write(json, members));
  }

  void changeMembers(byte[] body, Map<String, String> query, Response response) throws IOException {
    change(ClusterResource.MEMBERS, wanted -> wanted.apply(store.members()), body, query, response);
  }

  /** Answers where in the log the change is, if it can be made now. */
  private static <C> void change(
      ClusterResource<?, C> resource,
      ToLongFunction<C> change,
      byte[] body,
      Map<String, String> query,
      Response response)
      throws IOException {
    requireOnly(query, Set.of());
    C wanted = resource.change(body);
    long position;
    try {
      position = change.applyAsLong(wanted);
    } catch (IllegalStateException notNow) {
      if (notNow instanceof Explained why) {
        throw new HttpFailure(HttpStatus.CONFLICT_409, why.problem());
      }
      throw notNow;
    }
    Answer.json(
        response,
        json -> {
          json.writeStartObject();
          json.writeNumberField("position", position);
          json.writeEndObject();
        });
  }

  void status(Map<String, String> query, Response response) throws IOException {
    requireOnly(query, Set.of());
    Status now = store.status();
    RingView ring = RingView.of(store.ring().report());
    Answer.json(
        response,
        json -> {
          json.writeStartObject();
          StatusJson.write(json, cluster, name, now);
          RingJson.writeField(json, ring);
          json.writeNumberField("conflicts", store.conflicts().count());
          StatusJson.write(json, replicator.status());
          json.writeEndObject();
        });
  }

  void metrics(Map<String, String> query, Response response) throws IOException {
    requireOnly(query, Set.of());
    Answer.text(response, METRICS_TYPE, meters.scrape());
  }

  private <T> T bounded(Waiting wanted, Supplier<T> request) {
    if (!wanted.isRemote()) {
      return request.get();
    }
    if (!waiting.tryAcquire()) {
      throw new HttpFailure(
          HttpStatus.SERVICE_UNAVAILABLE_503,
          Problem.of("too many requests wait for other members")
              .with("limit", MOST_WAITING)
              .advise("try again later"));
    }
    try {
      return request.get();
    } finally {
      waiting.release();
    }
  }

  private static Waiting waiting(Map<String, String> query) {
    requireOnly(query, Set.of("durability", "level", "timeoutMillis"));
    return Waiting.of(
        query.getOrDefault("durability", ""),
        query.getOrDefault("level", ""),
        query.getOrDefault("timeoutMillis", ""));
  }

  private static long limit(String word) {
    if (word.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (!word.matches("[0-9]{1,18}")) {
      throw Problem.of("limit is not one")
          .with("limit", word)
          .advise("give a whole number, 0 or more")
          .illegalArgument();
    }
    return Long.parseLong(word);
  }

  private static void requireOnly(Map<String, String> query, Set<String> known) {
    for (String parameter : query.keySet()) {
      if (!known.contains(parameter)) {
        throw Problem.of("unknown parameter").with("parameter", parameter).illegalArgument();
      }
    }
  }
}
