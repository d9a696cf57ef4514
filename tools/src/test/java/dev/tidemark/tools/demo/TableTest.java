package dev.tidemark.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private final History history =
      HistoryReaderTest.read(
          "C\t0\t\t0\t1\t0\t1000000000\t0\nW\tA\ta\taaaaaaaaaaaa\t1\t0\n"
              + "C\t1\t0\t1\t2\t1\t1100000000\t1\n");

  TableTest() throws IOException {}

  private String table(long processBytes, Check... checks) {
    Usage usage = new Usage(43, 1_000, 2_000, 1.5, 300_000, 3L << 30, 0, 1, 5L << 20, processBytes);
    return String.join("\n", Table.of(new Report(history, List.of(checks), usage))) + "\n";
  }

  @Test
  void showsChecksThenNumbersThenTheVerdict() {
    assertThat(
            table(
                6L << 20,
                new Check("live paths", 4_318, 4_318, "as in git's own tree", List.of()),
                new Check("checkpoint trees", 55, 55, "by their SHA-256", List.of())))
        .isEqualTo(
            """

              3 years of a project's history, replayed at 43 replicas

              ok     live paths       4,318 of 4,318  as in git's own tree
              ok     checkpoint trees       55 of 55  by their SHA-256

                     commits                       2  by 2 people, 0 of them merges
                     path writes                   1
                     operations                3,000  1,000 made, 2,000 received
                     rate                      2,000  operations a second, in 1.5 s
                     log                       0 MiB  100 bytes an operation
                     state                   3.0 GiB  1,073,742 bytes an operation
                     peak memory               5 MiB  heap; the process, with mapped files, 6 MiB

              Everything is as git has it.
            """);
  }

  @Test
  void showsWhatIsWrongUnderItsRow() {
    assertThat(
            table(
                0,
                new Check("live paths", 1, 2, "as in git's own tree", List.of("a is missing")),
                new Check("journal", 2, 2, "commits in causal order", List.of())))
        .contains(
            """
              WRONG  live paths               1 of 2  as in git's own tree
                                                      a is missing
              ok     journal                  2 of 2  commits in causal order
            """)
        .contains("  5 MiB  heap\n")
        .endsWith("\n  1 of 2 checks failed.\n");
  }
}
