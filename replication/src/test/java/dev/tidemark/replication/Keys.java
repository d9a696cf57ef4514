package dev.tidemark.replication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.replication.transport.Security;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keys and certificates of a test, as PEM files in a directory. */
final class Keys {
  private static final String PASSWORD = "password";

  /** Key stores by name: a process makes each, which takes longer than most tests. */
  private static final Map<String, byte[]> SELF_SIGNED = new ConcurrentHashMap<>();

  private final Path dir;

  Keys(Path dir) {
    this.dir = dir;
  }

  /** A certificate that signs itself: the same in all tests. */
  void certify(String name) throws Exception {
    byte[] made = SELF_SIGNED.get(name);
    if (made == null) {
      keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", names(name));
      SELF_SIGNED.put(name, Files.readAllBytes(file(name)));
    } else {
      Files.write(file(name), made);
    }
    export(name);
  }

  /** Somebody who may sign others' certificates. */
  void authority(String name) throws Exception {
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "bc:c");
    export(name);
  }

  /** A certificate that an authority has signed, valid from a day on, for a day. */
  void certify(String name, String authority, String from) throws Exception {
    Path request = dir.resolve(name + ".csr");
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name);
    keytool(name, "-certreq", "-file", request.toString());
    keytool(
        authority,
        "-gencert",
        "-rfc",
        "-infile",
        request.toString(),
        "-outfile",
        dir.resolve(name + ".crt").toString(),
        "-ext",
        names(name),
        "-startdate",
        from,
        "-validity",
        "1");
    write(name + ".key", "PRIVATE KEY", store(name).getKey("key", chars()).getEncoded());
  }

  private static String names(String name) {
    return "san=dns:" + name + ",dns:localhost";
  }

  private static char[] chars() {
    return PASSWORD.toCharArray();
  }

  private Path file(String name) {
    return dir.resolve(name + ".p12");
  }

  private void keytool(String of, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-alias", "key", "-keystore", file(of).toString()));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
  }

  private KeyStore store(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file(name))) {
      store.load(in, chars());
    }
    return store;
  }

  private void export(String name) throws Exception {
    KeyStore store = store(name);
    write(name + ".key", "PRIVATE KEY", store.getKey("key", chars()).getEncoded());
    write(name + ".crt", "CERTIFICATE", store.getCertificate("key").getEncoded());
  }

  private void write(String file, String label, byte[] der) throws Exception {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        dir.resolve(file),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  /** A file of those who are trusted. */
  Path trust(String... names) throws Exception {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append(Files.readString(dir.resolve(name + ".crt")));
    }
    Path file = dir.resolve(String.join("-", names) + ".ca");
    Files.writeString(file, all);
    return file;
  }

  Security security(String name, Path authorities, boolean mutual) {
    return new Security(
        dir.resolve(name + ".crt"), dir.resolve(name + ".key"), authorities, mutual, null);
  }
}
