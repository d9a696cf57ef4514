package dev.tidemark.tools.command;

import dev.tidemark.tools.serve.ClusterResource;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a store is: in a directory, or served under a URL. */
final class Place {
  @Parameters(paramLabel = "DIR|URL", description = "The store's directory, or where it is served.")
  private String where = "";

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description = "A file of the token that the HTTP request must show.")
  private @Nullable Path tokenFile;

  boolean isServed() {
    return where.startsWith("http:") || where.startsWith("https:");
  }

  Path directory() {
    return Path.of(where);
  }

  URI url() {
    return URI.create(where);
  }

  /** What the HTTP request must show; null for nothing. */
  @Nullable String token() throws IOException {
    return tokenFile == null ? null : ServeCommand.token(tokenFile);
  }

  /**
   * Asks where it is served.
   *
   * @param change what is changed before; null for nothing
   */
  <V, C> V ask(ClusterResource<V, C> resource, @Nullable C change) throws IOException {
    String token = token();
    if (change != null) {
      resource.change(url(), token, change);
    }
    return resource.get(url(), token);
  }
}
