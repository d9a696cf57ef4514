package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.tools.LocalHost;
import dev.tidemark.tools.command.PeersCommand;
import dev.tidemark.tools.output.Printer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The three nodes that the README has a stranger start, on other ports. */
class ReadmeClusterTest {
  private static final String SECTION = "## Start three nodes";
  private static final String FENCE = "```";
  private static final String SERVE = "./tidemark serve ";
  private static final String PEERS = "./tidemark peers ";
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\\S+");

  @TempDir private Path directory;
  @RegisterExtension final Fleet fleet = new Fleet();

  private final HttpClient client = HttpClient.newHttpClient();
  private List<String> lines;

  private void read() throws Exception {
    List<String> readme = Files.readAllLines(Path.of("..", "README.md"));
    int section = 0;
    while (!readme.get(section).startsWith(SECTION)) {
      section++;
    }
    List<String> rest = readme.subList(section, readme.size());
    List<String> from = rest.subList(rest.indexOf(FENCE) + 1, rest.size());
    List<String> written = from.subList(0, from.indexOf(FENCE));
    List<String> ports =
        written.stream()
            .flatMap(line -> PORT.matcher(line).results())
            .map(found -> found.group(1))
            .distinct()
            .toList();
    List<Integer> free = Ports.free(ports.size());
    Map<String, String> instead = new HashMap<>();
    for (int i = 0; i < free.size(); i++) {
      instead.put(ports.get(i), LocalHost.address() + ":" + free.get(i));
    }
    lines =
        written.stream()
            .map(line -> PORT.matcher(line).replaceAll(port -> instead.get(port.group(1))))
            .map(String::strip)
            .toList();
  }

  /** As a shell takes a line apart. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group() : word.group(1));
    }
    return words;
  }

  private List<String> linesOf(String command) {
    return lines.stream().filter(line -> line.startsWith(command)).toList();
  }

  private Member member(String line) {
    List<String> arguments = words(line.substring(SERVE.length()));
    String name = arguments.get(0);
    arguments.set(0, directory.resolve(name).toString());
    return new Member(name, directory.resolve(name + ".err"), List.of(), arguments, null);
  }

  private String curl(String line) throws Exception {
    List<String> words = words(line);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(words.get(words.size() - 1)))
            .header("Content-Type", "application/x-www-form-urlencoded");
    int data = words.indexOf("-d");
    if (data > 0) {
      request.POST(HttpRequest.BodyPublishers.ofString(words.get(data + 1)));
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(line + ": " + response.body()).isEqualTo(200);
    return response.body();
  }

  private static String peers(String line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Printer printer = new Printer(out, out, false);
    int exit = new CommandLine(new PeersCommand(printer)).execute(line.substring(PEERS.length()));
    printer.flush();
    assertThat(exit).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theThreeNodesOfTheReadmeAgreeAlsoAfterOneWasBroken() throws Exception {
    read();
    linesOf(SERVE).forEach(line -> fleet.add(member(line)));
    assertThat(fleet.members()).hasSize(3);
    fleet.start();

    List<String> curls = linesOf("curl ");
    String write = curls.get(0);
    String read = curls.get(1);
    assertThat(curl(write)).matches("\\{\"position\":\\d+.*}\\s*");
    assertThat(curl(read)).isEqualToIgnoringWhitespace("[\"milk\"]");
    assertThat(peers(linesOf(PEERS).get(0)))
        .startsWith("self  a, replica ")
        .contains("peer  b, replica ", "peer  c, replica ");

    // A majority is left.
    fleet.member(1).kill();
    curl(write.replace("milk", "bread"));
    assertThat(curl(read)).isEqualToIgnoringWhitespace("[\"bread\",\"milk\"]");
    fleet.restart(1);
    assertThat(fleet.member(1).get("/keys/cart:1?level=MAJORITY"))
        .hasToString("[\"bread\",\"milk\"]");
    fleet.expectEqualVectors();
    assertThat(fleet.member(2).get("/scan")).isEqualTo(fleet.member(1).get("/scan"));
  }
}
