package dev.tidemark.tools.command;

import dev.tidemark.engine.causality.ReplicaId;
import dev.tidemark.engine.interest.Interest;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.error.Problem;
import dev.tidemark.error.StoreUnusableException;
import dev.tidemark.replication.ReplicationOptions;
import dev.tidemark.replication.gossip.GossipOptions;
import dev.tidemark.replication.transport.Security;
import dev.tidemark.storage.Options;
import dev.tidemark.storage.inspect.Inspection;
import dev.tidemark.storage.inspect.StoreDirectory;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.LibraryLog;
import dev.tidemark.tools.output.Printer;
import dev.tidemark.tools.serve.HttpOptions;
import dev.tidemark.tools.serve.Node;
import dev.tidemark.tools.words.Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves a store: to its peers, and over HTTP. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Open a store, exchange with its peers all that they have and it lacks, and, with --http,"
          + " answer requests. Prints one line when it is ready; ends on SIGTERM or Ctrl-C, with"
          + " everything on disk.",
      "",
      "Over HTTP:",
      "  POST /keys/KEY       {\"op\":\"add\",\"args\":[\"milk\"]} makes an update and answers its"
          + " {\"position\":N};",
      "                       with \"durability\" BUFFERED or SYNCED (the default), \"level\" LOCAL"
          + " (the",
      "                       default), MAJORITY, ALL or how many members, and \"timeoutMillis\"",
      "  DELETE /keys/KEY     makes the operation delete; ?level= and ?timeoutMillis= as above",
      "  GET /keys/KEY        the value, as `tidemark read` prints it; ?level=, ?timeoutMillis=",
      "  GET /scan?prefix=P   a list of key, strategy and value; &limit=N",
      "  GET /members         who belongs to the cluster, and for whom forgetting waits",
      "  POST /members        {\"op\":\"admit\",\"replica\":\"2\"}, or retire; {\"op\":\"found\"}, or"
          + " found-again",
      "  GET /ring            which members own keys, and how far their hand-over is",
      "  POST /ring           {\"op\":\"join\",\"name\":\"d\"}, or leave, or drop; the first ring:",
      "                       {\"op\":\"announce\",\"members\":[\"a\",\"b\"],\"points\":64,\"copies\":2}",
      "  GET /status          the store's numbers, its vector and its peers",
      "  GET /metrics         the same for Prometheus",
      "Operations are those of `tidemark update --help`. KEY is percent-encoded UTF-8; one that holds"
          + " U+0000 is asked for as /keys?key=KEY. An error is"
          + " {\"title\":..,\"fields\":{..}}: 400 is a mistake in the request, 401 a wrong token, 409"
          + " members or a ring that do not allow it, 413 too long, 421 a key of others, whose \"owners\" it"
          + " names, 503 a store that cannot be written, 504 a level that was not reached in time:"
          + " the update is made nevertheless.",
      "",
      "A level counts this member and the peers that are given here: so give each member all others."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it was told to stop, and did",
      "1:an option is wrong; nothing was changed",
      "2:the store is damaged",
      "3:the store, a file or an address cannot be opened"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  tidemark serve stores/A --schema cart:=or-set --listen 127.0.0.1:7001"
          + " --peer 127.0.0.1:7002 --http 127.0.0.1:8001",
      "  tidemark serve /data/A --listen 0.0.0.0:7001 --peer b.example:7001 --name a.example"
          + " --tls-cert a.crt --tls-key a.key --tls-trust ca.crt"
    })
public final class ServeCommand implements Callable<Integer> {
  private final Printer printer;

  @Parameters(paramLabel = "DIR", description = "The store's directory.")
  private Path directory;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where peers dial; port 0 for any.")
  private @Nullable String listen;

  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      description = "A peer to dial, again and again; repeatable.")
  private List<String> peers;

  @Option(
      names = "--advertise",
      paramLabel = "HOST:PORT",
      description =
          "Where others can dial this member, as it tells them (default: where it listens, unless"
              + " that is every address).")
  private @Nullable String advertise;

  @Option(
      names = "--dial",
      paramLabel = "WHOM",
      defaultValue = "ALLOWED",
      description =
          "Whom to dial of those that others tell of: NOBODY, ALLOWED (names that are given by"
              + " --allow), or ANYBODY, and then a member that lies can have any address dialled"
              + " (default: ${DEFAULT-VALUE}).")
  private GossipOptions.Dial dial;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      defaultValue = "tidemark",
      description = "Stores of other clusters are refused (default: ${DEFAULT-VALUE}).")
  private String cluster;

  @Option(
      names = "--ring-member",
      description =
          "Follow the cluster's ring under --name: hold and take updates of the keys that it gives this"
              + " member. A store that is new holds nothing before, or what --interest says: '' for"
              + " all keys, at the one that the first ring is announced at.")
  private boolean ringMember;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "What this member is called, and with TLS the name in its certificate (default: that of the"
              + " directory).")
  private @Nullable String name;

  @Option(
      names = "--schema",
      paramLabel = "PREFIX=STRATEGY",
      description = "Create the store with this prefix, or let its schema grow by it; repeatable.")
  private List<String> prefixes;

  @Option(
      names = "--interest",
      paramLabel = "PREFIX",
      description =
          "Hold the keys under this prefix and no others (default: what the store holds, and if it is"
              + " new all keys); repeatable. What a store lacks of that it gets from a peer.")
  private List<String> interest;

  @Option(
      names = "--interest-enforced",
      description = "Refuse updates of keys that the store does not hold, whoever makes them.")
  private boolean interestEnforced;

  @ArgGroup(exclusive = false)
  private @Nullable Tls tls;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file of the token that whoever dials must show, and that is shown.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--allow",
      paramLabel = "NAME",
      description = "The name of a peer that may speak (default: all may); repeatable.")
  private List<String> allowed;

  @Option(
      names = "--plain-text",
      description =
          "Go without TLS although others reach the addresses: whoever sits between two members can"
              + " read and change all. Addresses of this machine alone need none.")
  private boolean plainText;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description = "Where to answer HTTP: an address of this machine, or with a token any.")
  private @Nullable String http;

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description = "A file of the token that each HTTP request must show.")
  private @Nullable Path httpTokenFile;

  @Option(names = "--json", description = "Print one object when ready.")
  private boolean json;

  /** How connections are kept private. */
  static final class Tls {
    @Option(
        names = "--tls-cert",
        required = true,
        paramLabel = "FILE",
        description = "The certificate chain of this member, PEM.")
    private Path certificate = Path.of("");

    @Option(
        names = "--tls-key",
        required = true,
        paramLabel = "FILE",
        description = "Its private key, PEM, PKCS #8.")
    private Path key = Path.of("");

    @Option(
        names = "--tls-trust",
        paramLabel = "FILE",
        description =
            "Who signs the members' certificates, PEM. With it each end has to show one; without it"
                + " only who is dialled has to, signed by somebody the JVM trusts.")
    private @Nullable Path trust;

    Security security() {
      return new Security(certificate, key, trust, trust != null, null);
    }
  }

  /** A command that speaks through a printer. */
  public ServeCommand(Printer printer) {
    this.printer = printer;
    this.directory = Path.of("");
    this.peers = List.of();
    this.cluster = "";
    this.prefixes = List.of();
    this.interest = List.of();
    this.allowed = List.of();
    this.dial = GossipOptions.Dial.ALLOWED;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ReplicationOptions replication = replication();
    HttpOptions web = web();
    LibraryLog.install();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> end(stop, stopped), "tidemark-stop");
    try (Node node = Node.start(directory, schema(), options(), replication, web)) {
      Runtime.getRuntime().addShutdownHook(hook);
      tellReady(node, replication, web);
      stop.await();
    } finally {
      stopped.countDown();
    }
    return ExitCode.FINE;
  }

  /** A signal starts the end of the JVM, which waits for this. */
  private static void end(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    // Otherwise the JVM would say that it was killed by the signal.
    Runtime.getRuntime().halt(ExitCode.FINE);
  }

  private Schema schema() {
    Schema asked = SchemaWords.parse(prefixes);
    if (StoreDirectory.holdsStore(directory)) {
      try (Inspection store = Inspection.open(directory)) {
        return SchemaWords.grow(store, asked, prefixes);
      }
    }
    if (prefixes.isEmpty()) {
      throw new StoreUnusableException(
          Problem.of("there is no store")
              .with("directory", directory)
              .advise("check the path, or give --schema PREFIX=STRATEGY to create one"));
    }
    return asked;
  }

  private Options options() {
    Options options = Options.defaults();
    if (ringMember) {
      options = options.withRingMember(called());
      // Of a store that is there, what it holds is known; without a ring it would let go of it.
      boolean isNew = !StoreDirectory.holdsStore(directory);
      options = isNew ? options.withInterest(Interest.NONE) : options;
    }
    options = interest.isEmpty() ? options : options.withInterest(Interest.ofPrefixes(interest));
    return interestEnforced ? options.withInterestEnforced() : options;
  }

  private String called() {
    Path last = directory.toAbsolutePath().normalize().getFileName();
    return name != null ? name : last == null ? "" : last.toString();
  }

  private ReplicationOptions replication() throws IOException {
    List<InetSocketAddress> dialled = peers.stream().map(Address::parse).toList();
    List<InetSocketAddress> all = new ArrayList<>(dialled);
    ReplicationOptions options = ReplicationOptions.of(cluster, called()).withPeers(dialled);
    if (listen != null) {
      InetSocketAddress at = Address.parse(listen);
      all.add(at);
      options = options.withListen(at);
    }
    Security security = tls == null ? Security.PLAIN_TEXT : tls.security();
    if (tokenFile != null) {
      security = security.withToken(token(tokenFile));
    }
    options = options.withSecurity(security);
    GossipOptions gossip = options.gossip().withDial(dial);
    if (advertise != null) {
      Address.parse(advertise);
      gossip = gossip.withAddresses(List.of(advertise));
    }
    options = options.withGossip(gossip);
    if (!allowed.isEmpty()) {
      options = options.withAllowed(Set.copyOf(allowed));
    }
    boolean plain = plainText || all.stream().allMatch(Address::isLoopback);
    if (!plain && tls == null) {
      // Before the store is created.
      throw Problem.of("others reach an address, and there is no certificate")
          .advise("give --tls-cert and --tls-key, or --plain-text")
          .illegalArgument();
    }
    return plain ? options.withPlainText() : options;
  }

  private @Nullable HttpOptions web() throws IOException {
    if (http == null) {
      return null;
    }
    return new HttpOptions(
        Address.parse(http), httpTokenFile == null ? null : token(httpTokenFile));
  }

  static String token(Path file) throws IOException {
    String token = Files.readString(file).strip();
    Security.requireToken(token);
    return token;
  }

  private void tellReady(Node node, ReplicationOptions replication, @Nullable HttpOptions web) {
    InetSocketAddress at = replication.listen();
    String peersDial = at == null ? "" : Address.text(at, node.port());
    String url = web == null ? "" : "http://" + Address.text(web.address(), node.httpPort());
    if (json) {
      printer.json(
          out -> {
            out.writeStartObject();
            out.writeStringField("name", replication.name());
            out.writeStringField("replicaId", ReplicaId.format(node.replicaId()));
            out.writeStringField("listen", peersDial);
            out.writeNumberField("listenPort", node.port());
            out.writeStringField("http", url);
            out.writeNumberField("httpPort", node.httpPort());
            out.writeEndObject();
          });
    } else {
      printer.line(
          "ready  %s, replica %s%s%s",
          replication.name(),
          ReplicaId.format(node.replicaId()),
          peersDial.isEmpty() ? "" : ", peers dial " + peersDial,
          url.isEmpty() ? "" : ", " + url);
    }
    printer.flush();
  }
}
