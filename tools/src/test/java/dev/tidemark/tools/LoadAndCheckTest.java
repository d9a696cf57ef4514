package dev.tidemark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.Tidemark;
import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.storage.membership.MembershipReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check of a load finds nothing, unless there is something to find: then all of it. */
class LoadAndCheckTest {
  private static final int COMMITS = 120;

  /** Loaded once; every test goes on with a copy. */
  @TempDir static Path loaded;

  @TempDir Path temporary;
  private Path store;
  private Path acks;

  @BeforeAll
  static void loadOnce() {
    load(loaded.resolve("store"), loaded.resolve("acks"), "MIXED");
  }

  @BeforeEach
  void copyLoaded() throws IOException {
    store = temporary.resolve("store");
    acks = temporary.resolve("acks");
    copy(loaded.resolve("store"), store);
    Files.copy(loaded.resolve("acks"), acks);
  }

  private Tool load(String durability) {
    return load(store, acks, durability);
  }

  private static Tool load(Path store, Path acks, String durability) {
    return Tool.fine(
        "load",
        store,
        "--acks",
        acks,
        "--ops",
        COMMITS,
        "--threads",
        2,
        "--seed",
        5,
        "--durability",
        durability);
  }

  private String check(Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("check", store, "--acks", acks));
    arguments.addAll(List.of(more));
    Tool tool = Tool.run(arguments.toArray());
    String last = tool.lastLine();
    boolean clean = last.endsWith("acknowledged, 0 lost, 0 wrong");
    assertThat(tool.exitCode()).as(tool.toString()).isEqualTo(clean ? 0 : 2);
    return last.substring(last.indexOf(", ") + 2);
  }

  @Test
  void findsNothingAfterALoadNorAfterItselfNorAfterAnotherLoad() throws IOException {
    Tool first = Tool.fine("check", store, "--acks", acks);
    assertThat(first.lines().get(0)).startsWith("recovery: copied; 0 commits ");
    assertThat(first.lastLine()).isEqualTo(COMMITS + " acknowledged, 0 lost, 0 wrong");

    assertThat(load("MIXED").err()).startsWith("recovery: clean; ");
    Tool second = Tool.fine("check", store, "--acks", acks, "--json");
    assertThat(second.out()).contains("\"acknowledged\":" + 2 * COMMITS, "\"wrong\":0");
    assertThat(Files.readString(acks))
        .contains("# session 1 kind=load", "# session 2 kind=check", "# session 3 kind=load");
  }

  /** A core file or a filler in a directory was counted as one thing wrong with the store. */
  @Test
  void aFileOfSomebodyElseIsWorthAWordAndNotWrong() throws IOException {
    Path core = Files.writeString(store.resolve("core"), "dumped");
    Tool tool = Tool.fine("check", store, "--acks", acks);
    assertThat(tool.out()).contains("note: directory at " + core);
    assertThat(tool.lastLine()).isEqualTo(COMMITS + " acknowledged, 0 lost, 0 wrong");
  }

  @Test
  void refusesMoreThreadsThanAnyMachineHas() {
    Tool tool = Tool.run("load", store, "--acks", acks, "--threads", 100_000, "--ops", 5);
    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.err()).contains("option is too large: option=--threads");
  }

  @Test
  void countsEachAcknowledgedCommitThatIsNotThere() throws IOException {
    long last = lastIndex("1 0 ");
    for (int i = 1; i <= 3; i++) {
      append("1 0 " + (last + i) + " " + (10_000 + i) + " BUFFERED ok\n");
    }

    assertThat(check()).isEqualTo("3 lost, 0 wrong");
  }

  @Test
  void isNotMisledByAPositionThatIsAnothersCommit() throws IOException {
    append("1 0 " + (lastIndex("1 0 ") + 1) + " 5 BUFFERED ok\n");

    assertThat(check()).isEqualTo("1 lost, 0 wrong");
  }

  /** One commit may be in without its writer having been told, so two of three are too many. */
  @Test
  void countsCommitsThatAreThereAndThatNobodyWasToldOf() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(acks));
    long last = lastIndex("1 0 ");
    lines.removeIf(
        line -> line.startsWith("1 0 ") && Long.parseLong(line.split(" ")[2]) > last - 3);
    Files.write(acks, lines);

    assertThat(check()).isEqualTo("0 lost, 2 wrong");
  }

  @Test
  void missesALineBetweenOthers() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(acks));
    lines.removeIf(line -> line.startsWith("1 1 7 "));
    Files.write(acks, lines);

    assertThat(check()).isEqualTo("0 lost, 1 wrong");
  }

  @Test
  void findsAValueThatWasAlteredBehindItsBack() {
    beAMember();
    alter("lww-register/s1.0/0", new Update.SetValue(Bytes.utf8("other")));

    assertThat(check()).isEqualTo("0 lost, 1 wrong");
  }

  @Test
  void findsAnUpdateOfASharedCounterThatNobodyMade() {
    beAMember();
    alter("g-counter/hot/0-0", new Update.Increment(1));

    assertThat(check()).isEqualTo("0 lost, 1 wrong");
  }

  @Test
  void findsAnElementOfASharedSetThatNobodyAddedAndOneThatIsGone() {
    beAMember();
    try (Tidemark open = Tidemark.open(store, Schema.empty())) {
      var set = open.orSet("or-set/hot/0-0", Codec.utf8());
      set.remove(set.elements().get(0));
    }
    alter("g-set/hot/0-0", new Update.Add(Bytes.utf8("nobody's")));

    // The second is a stray update of the key and a stray element in it.
    assertThat(check()).isEqualTo("0 lost, 3 wrong");
  }

  /** What a sweep would have done that took a chunk which something still refers to. */
  @Test
  void findsALargeValueOfWhichAChunkIsGone() throws IOException {
    for (Path chunk : chunks()) {
      Files.delete(chunk);
    }

    assertThat(check()).startsWith("0 lost, ").isNotEqualTo("0 lost, 0 wrong");
  }

  @Test
  void largeValuesAndWhatIsForgottenAreAmongWhatIsWritten() throws IOException {
    assertThat(chunks()).isNotEmpty();
    // Whether a collection finds something that all have seen depends on how the threads meet.
    int loads = 0;
    while (!hasForgotten()) {
      assertThat(loads++).as("loads in which nothing was forgotten").isLessThan(20);
      load("MIXED");
    }
  }

  private boolean hasForgotten() {
    try (Tidemark open = Tidemark.open(store, Schema.empty())) {
      MembershipReport report = open.members().report();
      assertThat(report.standings()).hasSizeGreaterThanOrEqualTo(2);
      return !report.floor().isNone();
    }
  }

  /** A replica that another session wrote for would hold up for ever what can be forgotten. */
  @Test
  void anIdThatRecoveryGaveIsAMemberOfTheClusterAndNobodyElseIsBesidesItsPartner()
      throws IOException {
    check();
    load("MIXED");
    try (Tidemark open = Tidemark.open(store, Schema.empty())) {
      MembershipReport report = open.members().report();
      assertThat(report.ownRefusal()).isFalse();
      assertThat(report.standings()).filteredOn(member -> !member.isRetired()).hasSize(2);
    }
  }

  private List<Path> chunks() throws IOException {
    try (Stream<Path> walk = Files.walk(store.resolve("blobs"))) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void findsKeysOfNobody() {
    beAMember();
    alter("ew-flag/whose", new Update.Enable());
    alter("ew-flag/s1.9/0", new Update.Enable());

    // Of a writer that never was, there is one thing in the log and one in the state.
    assertThat(check()).isEqualTo("0 lost, 3 wrong");
  }

  /** A copy has an id of its own, and writes once the check has had it admitted. */
  private void beAMember() {
    assertThat(check()).isEqualTo("0 lost, 0 wrong");
  }

  private void alter(String key, Update update) {
    try (Tidemark open = Tidemark.open(store, Schema.empty())) {
      open.update(key, update);
    }
  }

  /** An older copy of a store is a prefix of its log, without a trace of what came later. */
  @Test
  void countsWhatAnOlderCopyDoesNotHaveByLevel() throws IOException {
    Path older = temporary.resolve("older");
    copy(store, older);
    load("BUFFERED");
    store = older;

    assertThat(check()).isEqualTo(COMMITS + " lost, 0 wrong");
  }

  @Test
  void atLevelSyncedTheEndMayBeMissingUpToTheLastSyncedCommit() throws IOException {
    Path older = temporary.resolve("older");
    copy(store, older);
    load("BUFFERED");
    store = older;

    assertThat(check("--level", "SYNCED")).isEqualTo("0 lost, 0 wrong");
    // What was written since is found by the next check, and what is missing stays excused.
    assertThat(check("--level", "SYNCED")).isEqualTo("0 lost, 0 wrong");
  }

  @Test
  void atLevelSyncedACommitThatWasSyncedIsMissed() throws IOException {
    Path older = temporary.resolve("older");
    copy(store, older);
    load("SYNCED");
    store = older;

    assertThat(check("--level", "SYNCED")).isEqualTo(COMMITS + " lost, 0 wrong");
  }

  @Test
  void losesEverythingWithTheDirectory() {
    store = temporary.resolve("another");

    assertThat(check()).isEqualTo(COMMITS + " lost, 0 wrong");
  }

  /** The line that a kill has cut is no acknowledgement, and the next run begins on a new one. */
  @Test
  void ignoresALineThatWasCutShort() throws IOException {
    append("1 0 9");
    assertThat(check()).isEqualTo("0 lost, 0 wrong");
    append("1 0 9");
    load("MIXED");

    assertThat(check()).isEqualTo("0 lost, 0 wrong");
  }

  @Test
  void refusesAFileThatIsNotOfALoad() throws IOException {
    Files.writeString(acks, "one\ntwo\n");
    Tool tool = Tool.run("check", store, "--acks", acks);

    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.err()).contains("unexpected line").contains("number=1");
  }

  /**
   * With {@code --acks /dev/full} the load read zeros for what was acknowledged before until its
   * heap was full, and asked to be told of a bug; a directory was said to be one, but not which.
   */
  @Test
  void refusesAcknowledgementsThatGoToADeviceOrADirectory() {
    for (Path nowhere : List.of(Path.of("/dev/zero"), Path.of("/dev/null"), temporary)) {
      for (String command : List.of("load", "check")) {
        Tool tool = Tool.run(command, store, "--acks", nowhere);
        assertThat(tool.exitCode()).as(tool.toString()).isEqualTo(1);
        assertThat(tool.err())
            .startsWith("tidemark: acknowledgements are to go where nothing can be kept: file=")
            .contains(nowhere.toString());
      }
    }
  }

  @Test
  void refusesToWriteAcknowledgementsIntoTheStore() {
    Tool tool = Tool.run("load", store, "--acks", store.resolve("acks"), "--ops", 1);

    assertThat(tool.exitCode()).isEqualTo(1);
    assertThat(tool.err()).contains("file of acknowledgements lies in the store");
  }

  /** Keys of a session that another file tells of are none of this one's business. */
  @Test
  void goesOnWithANewFileInAStoreThatIsThere() {
    acks = temporary.resolve("new-acks");
    load("MIXED");

    assertThat(check()).isEqualTo("0 lost, 0 wrong");
    assertThat(Tool.fine("check", store, "--acks", acks).lastLine())
        .isEqualTo(COMMITS + " acknowledged, 0 lost, 0 wrong");
  }

  @Test
  void saysWhyAStoreThatIsDamagedDoesNotOpen() throws IOException {
    Files.delete(store.resolve("log").resolve("CATALOGUE"));
    Tool tool = Tool.run("check", store, "--acks", acks);

    assertThat(tool.exitCode()).isEqualTo(2);
    assertThat(tool.err()).contains("catalogue");
  }

  @Test
  void writesWithEveryStrategyAndForAnotherReplica() {
    Tool tool = Tool.fine("load", store, "--acks", acks, "--ops", 100, "--json");
    assertThat(tool.out()).contains("\"commits\":100,");

    try (Tidemark open = Tidemark.open(store, Schema.empty())) {
      assertThat(open.vector().size()).isGreaterThanOrEqualTo(3);
      for (Strategy strategy : Strategy.values()) {
        assertThat(keys(open, strategy)).as(strategy.id()).isPositive();
      }
    }
  }

  private static int keys(Tidemark open, Strategy strategy) {
    try (var scan = open.scan(strategy.id() + "/")) {
      return scan.page(10).size();
    }
  }

  private void append(String text) throws IOException {
    Files.writeString(acks, text, StandardOpenOption.APPEND);
  }

  private long lastIndex(String start) throws IOException {
    try (Stream<String> lines = Files.lines(acks)) {
      return lines
          .filter(line -> line.startsWith(start))
          .mapToLong(line -> Long.parseLong(line.split(" ")[2]))
          .max()
          .orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> tree;
    try (Stream<Path> walk = Files.walk(from)) {
      tree = walk.toList();
    }
    for (Path path : tree) {
      Files.copy(path, to.resolve(from.relativize(path).toString()));
    }
  }
}
