package dev.tidemark.tools;

import dev.tidemark.error.Problem;
import dev.tidemark.tools.command.BlobsCommand;
import dev.tidemark.tools.command.CheckCommand;
import dev.tidemark.tools.command.CheckpointBeginCommand;
import dev.tidemark.tools.command.CheckpointCommand;
import dev.tidemark.tools.command.CheckpointRestoreCommand;
import dev.tidemark.tools.command.CheckpointStatusCommand;
import dev.tidemark.tools.command.CheckpointSubmitCommand;
import dev.tidemark.tools.command.ClusterDemoCommand;
import dev.tidemark.tools.command.CompactCommand;
import dev.tidemark.tools.command.ConflictsCommand;
import dev.tidemark.tools.command.ConformCommand;
import dev.tidemark.tools.command.CrashTestCommand;
import dev.tidemark.tools.command.DemoCommand;
import dev.tidemark.tools.command.GcCommand;
import dev.tidemark.tools.command.LoadCommand;
import dev.tidemark.tools.command.LogCommand;
import dev.tidemark.tools.command.MembersCommand;
import dev.tidemark.tools.command.PeersCommand;
import dev.tidemark.tools.command.ReadCommand;
import dev.tidemark.tools.command.RecoverCommand;
import dev.tidemark.tools.command.RepairCommand;
import dev.tidemark.tools.command.ReplayCommand;
import dev.tidemark.tools.command.RestoreCommand;
import dev.tidemark.tools.command.RingCommand;
import dev.tidemark.tools.command.ScanCommand;
import dev.tidemark.tools.command.SchemaCommand;
import dev.tidemark.tools.command.ServeCommand;
import dev.tidemark.tools.command.SnapshotCommand;
import dev.tidemark.tools.command.StatCommand;
import dev.tidemark.tools.command.StatusCommand;
import dev.tidemark.tools.command.TruncateCommand;
import dev.tidemark.tools.command.UpdateCommand;
import dev.tidemark.tools.command.VerifyCommand;
import dev.tidemark.tools.command.VerifySnapshotCommand;
import dev.tidemark.tools.command.WhyCommand;
import dev.tidemark.tools.output.ExitCode;
import dev.tidemark.tools.output.Failure;
import dev.tidemark.tools.output.OutputClosedException;
import dev.tidemark.tools.output.Printer;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code tidemark} command. Exit codes: 0 fine, 1 usage, 2 damaged, 3 cannot open. */
@Command(
    name = "tidemark",
    description = "Look into, check and exercise Tidemark stores.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:fine",
      "1:the command line or an argument is wrong; nothing was changed",
      "2:stored bytes are damaged, or a value is not the expected one",
      "3:the store or a file cannot be opened"
    },
    footer = {"", "tidemark COMMAND --help tells more about a command, with examples."})
public final class Main implements Callable<Integer> {
  private static final char REPLACEMENT = '\ufffd';

  @Spec private CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With a failure, print where it came from (or set TIDEMARK_DEBUG).")
  private boolean stacktrace;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(Printer.ofProcess(), args));
  }

  /** Runs one command line and gives its exit code. */
  static int run(Printer printer, String... args) {
    Main main = new Main();
    try {
      requireReadable(args);
      int exitCode = main.commandLine(printer).execute(args);
      printer.flush();
      return exitCode;
    } catch (RuntimeException | Error e) {
      return main.report(printer, e);
    }
  }

  /**
   * Refuses arguments that the JVM could not decode: bytes that are not UTF-8, and in the C locale
   * every letter beyond ASCII, arrive as the replacement character, and would be stored as one.
   */
  private static void requireReadable(String... args) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    for (String arg : args) {
      if (arg.indexOf(REPLACEMENT) >= 0) {
        throw Problem.of("argument cannot be read")
            .with("argument", arg)
            .with("encoding", encoding)
            .advise("give valid UTF-8, in a UTF-8 locale: for example LC_ALL=C.UTF-8")
            .illegalArgument();
      }
    }
  }

  private CommandLine commandLine(Printer printer) {
    return new CommandLine(this)
        .addSubcommand(new DemoCommand(printer))
        .addSubcommand(new ConformCommand(printer))
        .addSubcommand(new ReplayCommand(printer))
        .addSubcommand(update(printer))
        .addSubcommand(new ReadCommand(printer))
        .addSubcommand(new ScanCommand(printer))
        .addSubcommand(new SchemaCommand(printer))
        .addSubcommand(new LogCommand(printer))
        .addSubcommand(new VerifyCommand(printer))
        .addSubcommand(new RepairCommand(printer))
        .addSubcommand(new SnapshotCommand(printer))
        .addSubcommand(new RestoreCommand(printer))
        .addSubcommand(new VerifySnapshotCommand(printer))
        .addSubcommand(checkpoint(printer))
        .addSubcommand(new TruncateCommand(printer))
        .addSubcommand(new CompactCommand(printer))
        .addSubcommand(new BlobsCommand(printer))
        .addSubcommand(new GcCommand(printer))
        .addSubcommand(new MembersCommand(printer))
        .addSubcommand(new RingCommand(printer))
        .addSubcommand(new StatusCommand(printer))
        .addSubcommand(new StatCommand(printer))
        .addSubcommand(new WhyCommand(printer))
        .addSubcommand(new ConflictsCommand(printer))
        .addSubcommand(new LoadCommand(printer))
        .addSubcommand(new CheckCommand(printer))
        .addSubcommand(new CrashTestCommand(printer))
        .addSubcommand(new RecoverCommand(printer))
        .addSubcommand(new ServeCommand(printer))
        .addSubcommand(new PeersCommand(printer))
        .addSubcommand(new ClusterDemoCommand(printer))
        .setOut(printer.output())
        .setErr(printer.errors())
        .setExpandAtFiles(false)
        .setParameterExceptionHandler((e, args) -> report(printer, e))
        .setExecutionExceptionHandler((e, line, result) -> report(printer, e));
  }

  /** Its arguments may be negative numbers, which look like options. */
  private static CommandLine update(Printer printer) {
    return new CommandLine(new UpdateCommand(printer)).setUnmatchedOptionsArePositionalParams(true);
  }

  private static CommandLine checkpoint(Printer printer) {
    return new CommandLine(new CheckpointCommand())
        .addSubcommand(new CheckpointBeginCommand(printer))
        .addSubcommand(new CheckpointSubmitCommand(printer))
        .addSubcommand(new CheckpointStatusCommand(printer))
        .addSubcommand(new CheckpointRestoreCommand(printer));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  private int report(Printer printer, ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    printer.remark("tidemark: " + e.getMessage() + "; see '" + command + " --help'");
    return ExitCode.USAGE;
  }

  private int report(Printer printer, Throwable e) {
    if (e instanceof OutputClosedException) {
      return ExitCode.FINE;
    }
    Failure failure = Failure.of(e);
    printer.remark("tidemark: " + failure.message());
    if (stacktrace || System.getenv("TIDEMARK_DEBUG") != null) {
      e.printStackTrace(printer.errors());
    }
    return failure.exitCode();
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"tidemark " + (version == null ? "(not packaged)" : version)};
    }
  }
}
