package dev.tidemark.tools.cluster;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One member of a cluster: a process of its own that serves a store. */
final class Member implements AutoCloseable {
  private static final String MAIN = "dev.tidemark.tools.Main";
  private static final Duration REQUEST = Duration.ofSeconds(20);
  private static final long STOP_SECONDS = 10;

  // Ids of replicas exceed 2^63.
  private static final ObjectReader JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS).build().reader();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String name;
  private final List<String> command;
  private final Path errors;
  private final @Nullable String token;
  private @Nullable Process process;
  private volatile String url = "";

  /**
   * A member that is not started.
   *
   * @param errors where what it says of errors goes
   * @param before what its command begins with, before Java; mostly nothing
   * @param serve the arguments of {@code serve}, one of them {@code --http}
   * @param token what each request shows; null for none
   */
  Member(
      String name, Path errors, List<String> before, List<String> serve, @Nullable String token) {
    this.name = name;
    this.errors = errors;
    this.token = token;
    this.command = new ArrayList<>(before);
    command.addAll(java());
    command.addAll(List.of("serve", "--json"));
    command.addAll(serve);
  }

  /**
   * One that listens and is asked on loopback.
   *
   * @param directory where its store is, below the name
   * @param port where it listens for peers
   * @param peers the ports of the others
   */
  static Member onLoopback(
      Path directory, String name, List<String> schema, int port, List<Integer> peers) {
    List<String> serve = new ArrayList<>(List.of(directory.resolve(name).toString()));
    serve.addAll(List.of("--listen", loopback(port), "--http", loopback(0)));
    peers.forEach(peer -> serve.addAll(List.of("--peer", loopback(peer))));
    schema.forEach(prefix -> serve.addAll(List.of("--schema", prefix)));
    return new Member(name, directory.resolve(name + ".err"), List.of(), serve, null);
  }

  private static String loopback(int port) {
    return "127.0.0.1:" + port;
  }

  /** The same Java, flags and classes as this process. */
  private static List<String> java() {
    String classPath = System.getProperty("java.class.path", "");
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    java.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-"))
            .toList();
    java.addAll(flags);
    boolean isRunnable =
        flags.isEmpty() && classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
    java.addAll(isRunnable ? List.of("-jar", classPath) : List.of("-cp", classPath, MAIN));
    return java;
  }

  String name() {
    return name;
  }

  /** Starts the process; {@link #awaitReady} waits for it. */
  void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
            .start();
  }

  void awaitReady() throws IOException {
    String ready = running().inputReader().readLine();
    if (ready == null) {
      throw new StoreUnusableException(
          Problem.of("member of the cluster did not start")
              .with("member", name)
              .with("errors", Files.readString(errors)));
    }
    url = JSON.readTree(ready).get("http").textValue();
  }

  private Process running() {
    Process now = process;
    if (now == null) {
      throw Problem.of("member is not started").with("member", name).broken();
    }
    return now;
  }

  /** Where it answers HTTP. */
  String url() {
    return url;
  }

  long pid() {
    return running().pid();
  }

  /** Ends the process as {@code kill -9} does. */
  void kill() throws InterruptedException {
    running().destroyForcibly().waitFor();
  }

  /** The same, without waiting, whatever state it is in. */
  void destroy() {
    Process now = process;
    if (now != null) {
      now.destroyForcibly();
    }
  }

  /** Makes an update; whether it was acknowledged. Without that it may be made or not. */
  boolean update(String key, String body) throws InterruptedException {
    try {
      HttpRequest request =
          request("/keys/" + key).POST(HttpRequest.BodyPublishers.ofString(body)).build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200;
    } catch (IOException gone) {
      return false;
    }
  }

  /** What is answered to a GET; null if nobody answers. */
  @Nullable JsonNode get(String path) throws InterruptedException {
    try {
      HttpResponse<String> response =
          client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? JSON.readTree(response.body()) : null;
    } catch (IOException gone) {
      return null;
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path)).timeout(REQUEST);
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  /** Lets it stop, and kills it if it does not; its exit code. */
  int stop() throws InterruptedException {
    Process now = running();
    now.destroy();
    if (!now.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      now.destroyForcibly();
    }
    return now.waitFor();
  }

  @Override
  public void close() {
    if (process == null) {
      return;
    }
    try {
      stop();
    } catch (InterruptedException e) {
      destroy();
      Thread.currentThread().interrupt();
    }
  }
}
