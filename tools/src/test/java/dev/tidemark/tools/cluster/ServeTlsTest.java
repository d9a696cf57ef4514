package dev.tidemark.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Members that know each other by certificate, name and token, and are asked with another token.
 */
class ServeTlsTest {
  private static final char[] PASSWORD = "password".toCharArray();
  private static final String CART = "/keys/cart:1";
  private static final String ADD = "{\"op\":\"add\",\"args\":[\"%s\"],\"level\":\"MAJORITY\"}";

  @TempDir private Path directory;
  @RegisterExtension final Fleet fleet = new Fleet();

  private final HttpClient client = HttpClient.newHttpClient();

  private void certify(String name) throws Exception {
    Path keys = directory.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of("-genkeypair", "-keyalg", "EC", "-alias", "key", "-dname", "CN=" + name));
    command.addAll(List.of("-ext", "san=dns:" + name + ",dns:localhost"));
    command.addAll(List.of("-keystore", keys.toString(), "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD);
    }
    write(name + ".key", "PRIVATE KEY", store.getKey("key", PASSWORD).getEncoded());
    write(name + ".crt", "CERTIFICATE", store.getCertificate("key").getEncoded());
  }

  private void write(String file, String label, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  /** One whose peers' token is in a file of this name. */
  private Member member(String name, int port, int peer, String token) {
    List<String> serve =
        List.of(
            file(name),
            "--schema",
            "cart:=or-set",
            "--listen",
            "localhost:" + port,
            "--peer",
            "localhost:" + peer,
            "--tls-cert",
            file(name + ".crt"),
            "--tls-key",
            file(name + ".key"),
            "--tls-trust",
            file("all.crt"),
            "--token-file",
            file(token),
            "--allow",
            "a",
            "--allow",
            "b",
            "--http",
            "127.0.0.1:0",
            "--http-token-file",
            file("web"));
    return new Member(name, directory.resolve(name + ".err"), List.of(), serve, "letmein-letmein-");
  }

  private int status(Member member, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(member.url() + CART));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  @Test
  void membersSpeakTlsWithATokenAndNobodyElseGetsIn() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      certify(name);
    }
    StringBuilder all = new StringBuilder();
    for (String name : List.of("a", "b", "c")) {
      all.append(Files.readString(directory.resolve(name + ".crt")));
    }
    Files.writeString(directory.resolve("all.crt"), all);
    Files.writeString(directory.resolve("token"), "0123456789abcdef\n");
    Files.writeString(directory.resolve("other"), "fedcba9876543210\n");
    Files.writeString(directory.resolve("web"), "letmein-letmein-\n");
    List<Integer> ports = Ports.free(3);
    fleet.add(member("a", ports.get(0), ports.get(1), "token"));
    fleet.add(member("b", ports.get(1), ports.get(0), "token"));
    // It is trusted, has another token, and is on no list.
    fleet.add(member("c", ports.get(2), ports.get(0), "other"));
    fleet.start();
    Member a = fleet.member(0);
    Member b = fleet.member(1);

    assertThat(a.update("cart:1", ADD.formatted("milk"))).isTrue();
    assertThat(b.get(CART + "?level=MAJORITY")).hasToString("[\"milk\"]");

    assertThat(status(a)).isEqualTo(401);
    assertThat(status(a, "Authorization", "Bearer letmein-letmeir-")).isEqualTo(401);
    assertThat(status(a, "Authorization", "Bearer letmein-letmein-")).isEqualTo(200);
    fleet.awaitEnded(0, "BAD_TOKEN");
    try (Socket plain = new Socket("localhost", ports.get(0))) {
      plain
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      plain.getInputStream().readAllBytes();
    }
    fleet.awaitEnded(0, "NO_CALL");
    assertThat(fleet.member(2).get(CART)).isEmpty();
    assertThat(a.get("/status").get("peers")).hasSize(1);
  }
}
