"""The arithmetic of the measurement, and its talk with sides: some seconds, and none of the peers is needed."""
import csv
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import measure
from arithmetic import agree, median_interval, quartiles, ratio, verdict
from process import Lacking, Side
from workloads import WORKLOADS, Workload, convolution_flops, step_flops

SIDE = '''
import sys
print("ready fake 1.5", flush=True)
for line in sys.stdin:
    if line.startswith("prepare bad"): print("error no\\troom", flush=True)
    elif line.startswith("prepare none"): print("lacks no such thing", flush=True)
    elif line.startswith("prepare end"): print("the last words", file=sys.stderr); sys.exit(3)
    elif line.startswith("prepare"): print("ok a remark", flush=True)
    else: print("2.5e-3 7.0", flush=True)
'''


class Arithmetic(unittest.TestCase):
    def test_quartiles_lie_between_neighbours(self):
        self.assertEqual(quartiles([4, 1, 3, 2]), (1.75, 2.5, 3.25))
        self.assertEqual(quartiles([5]), (5, 5, 5))

    def test_the_interval_of_a_median_is_the_binomial_one(self):
        # Known: of nine values the second and eighth keep 96 %, of six the range 97 %, of five nothing keeps 95 %.
        self.assertEqual(median_interval(range(1, 10)), (2, 8))
        self.assertEqual(median_interval(range(1, 7)), (1, 6))
        self.assertEqual(median_interval([3, 1, 2]), (1, 3))
        self.assertEqual(median_interval([3]), (3, 3))
        self.assertEqual(median_interval(range(1, 26)), (8, 18))

    def test_a_slow_round_cancels_in_the_ratio(self):
        self.assertEqual(ratio([4, 40, 4], [2, 20, 2]), (2, 2, 2))

    def test_a_verdict_takes_the_whole_interval(self):
        self.assertEqual([verdict(5.1, 6, 5), verdict(4, 4.9, 5), verdict(4, 6, 5), verdict(4, 6, None)],
                         ["reached", "not reached", "cannot tell", ""])

    def test_other_work_is_found(self):
        self.assertTrue(agree(1.001, 1.0, 1e-2) and agree(0.0, 0.0, 1e-6))
        self.assertFalse(agree(1.1, 1.0, 1e-2) or agree(float("nan"), 1.0, 1e-2))


class Talk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name) / "log"

    def tearDown(self):
        self.folder.cleanup()

    def side(self, code=SIDE):
        return Side("fake", [sys.executable, "-c", code], self.log)

    def test_a_side_answers(self):
        side = self.side()
        self.assertEqual((side.version, side.prepare("W1"), side.run()), ("1.5", "a remark", (0.0025, 7.0)))
        for workload, reason in [("bad", "no\troom"), ("none", "no such thing"), ("end", "the last words")]:
            with self.assertRaisesRegex(Lacking, reason):
                side.prepare(workload)
        side.end()

    def test_a_side_that_cannot_start_says_why(self):
        with self.assertRaisesRegex(Lacking, "No module named 'no_such_peer'"):
            self.side("import no_such_peer")
        with self.assertRaisesRegex(Lacking, "does not start"):
            Side("fake", ["/no/such/program"], self.log)


class Fake:
    """A side whose times and checks are given."""

    def __init__(self, times, check=1.0, version="1"):
        self.times, self.check, self.version = iter(times), check, version

    def prepare(self, _):
        return ""

    def run(self):
        return next(self.times), self.check


class FakeSides:
    def __init__(self, **sides):
        self.sides = {name.replace("__", ":"): side for name, side in sides.items()}

    def get(self, name):
        if name not in self.sides:
            raise Lacking("it is not installed")
        return self.sides[name]


class Rows(unittest.TestCase):
    workload = Workload("W1", "t", "step", ("a", "b", "c"), 3, 1, 5.0, (("sgemm", 10.0, 0.5),), same=0.1)

    def test_ratios_limits_and_what_is_missing(self):
        sides = FakeSides(gradus=Fake([1, 2, 1]), a=Fake([6, 12, 6]), b=Fake([1, 1, 1], check=9.0), limits__sgemm=Fake([0.06, 0.12, 0.06]))
        times, remarks, missing = measure.run_in_turn(self.workload, sides, 3)
        found = {row["peer"]: row for row in measure.rows(self.workload, times, remarks, missing, lambda name: "1")}
        self.assertEqual((found["a"]["ratio"], found["a"]["verdict"], found["a"]["rounds"]), (6, "reached", 3))
        self.assertIn("it did other work", found["b"]["note"])
        self.assertIn("not installed", found["c"]["note"])
        self.assertEqual((found["b"]["ratio"], found["c"]["median_s"]), ("", ""))
        self.assertAlmostEqual(found["sgemm"]["ratio"], 0.6)
        self.assertEqual(found["sgemm"]["verdict"], "reached")

    def test_without_ours_there_is_no_ratio(self):
        times, remarks, missing = measure.run_in_turn(self.workload, FakeSides(a=Fake([6, 12, 6])), 3)
        found = measure.rows(self.workload, times, remarks, missing, lambda name: "1")
        self.assertEqual([(row["peer"], row["ratio"]) for row in found][:2], [("gradus", ""), ("a", "")])

    def test_the_file_reads_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "peers.csv"
            measure.write(measure.fresh_rows(Path(folder) / "nothing.csv"), path)
            with open(path, newline="") as file:
                self.assertEqual([row["workload"] for row in csv.DictReader(file)], ["W10/executed-notebooks", "W10/core-crate"])

    def test_a_fresh_machine_is_held_against_its_bounds(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fresh.csv"
            path.write_text("what,seconds,commit\nset-up,900,abc\nbuild,60,abc\nnotebooks,240,abc\ncore,75,abc\n")
            found = [(row["workload"], row["kind"], row["median_s"], row["ratio"], row["verdict"]) for row in measure.fresh_rows(path)]
            self.assertEqual(found, [
                ("W10/executed-notebooks", "ours", 1200, 1.0, ""), ("W10/executed-notebooks", "bound", 1500, 1.25, "reached"),
                ("W10/core-crate", "ours", 75, 1.0, ""), ("W10/core-crate", "bound", 60, 0.8, "not reached")])
            path.write_text("what,seconds,commit\nset-up,900,abc\ncore,many,abc\n")
            self.assertEqual([row["note"].split(":")[0] for row in measure.fresh_rows(path)], ["not measured"] * 2)


class Choice(unittest.TestCase):
    def test_names_are_unique_and_groups_choose_all_their_own(self):
        self.assertEqual(len({w.name for w in WORKLOADS}), len(WORKLOADS))
        self.assertEqual([w.name for w in measure.chosen("W4,W9", False)[0]], ["W4/gradient", "W4/minimum"])
        self.assertEqual(measure.chosen("W7/bfgs/2", False)[0][0].target_beside("basin"), 2.0)
        rmsprop = measure.chosen("W5/rmsprop/1000000", False)[0][0]
        self.assertEqual((rmsprop.target_beside("torch"), rmsprop.target_beside("jax")), (5.0, 1.8))

    def test_wide_nets_and_newer_rules_have_their_targets(self):
        found = {w.name: w for w in measure.chosen("W11,W12,W15", False)[0]}
        targets = {"W11/512/128": 1.3, "W11/1000-500/128": 1.3, "W11/1000-500/1024": 1.0, "W11/curves": 1.0, "W11/images": 1.0, "W12": 1.0}
        self.assertEqual({name: w.target for name, w in found.items() if w.group != "W15"}, targets)
        rules = {name.split("/")[1] for name in found if name.startswith("W15")}
        self.assertEqual(rules, set("muon radam rprop adafactor prodigy ademamix schedule-free-adamw sophia lamb adan shampoo soap".split()))
        self.assertTrue(all(w.target == 1.0 and w.settings for w in found.values() if w.group == "W15"))
        limited = {name: w.limits for name, w in found.items() if w.group == "W15" and w.limits}
        self.assertEqual(limited, {"W15/muon": (("sgemm/muon", 1.0, 1 / 1.3),), "W15/shampoo/between-roots": (("sgemm/shampoo", 1.0, 1 / 1.3),)})

    def test_operations_are_those_of_the_products(self):
        # By hand: 4 · 128 · 784 · 10; the second layer of a net has 6, as the errors go through it.
        self.assertEqual((step_flops(784, 10), step_flops(3, 5, 2, batch=7)), (4_014_080, 7 * (4 * 15 + 6 * 10)))
        # 28 × 28 pixels of 9 · 8 products, 14 × 14 of 9 · 8 · 16, and 784 → 10.
        by_hand = 4 * 28 * 28 * 72 + 6 * 14 * 14 * 1152 + 6 * 7840
        self.assertEqual(convolution_flops((8, 16), batch=1), by_hand)

    def test_settings_stand_beside_ours(self):
        workload = Workload("W15/x", "t", "update", ("a",), 2, 1, settings="rate 1")
        times, remarks, missing = measure.run_in_turn(workload, FakeSides(gradus=Fake([1, 1]), a=Fake([2, 2])), 2)
        found = measure.rows(workload, times, remarks, missing, lambda name: "1")
        self.assertEqual([row["note"] for row in found], ["rate 1", ""])

    def test_bad_input_is_one_sentence_and_exit_code_2(self):
        for arguments, words in [(["--only", "W99"], "no workload 'W99'"), (["--python", "/no/python"], "run `make peers`"),
                                 (["--python", sys.executable, "--side", "/no/side"], "run `make peers`")]:
            done = subprocess.run([sys.executable, "-B", measure.__file__, *arguments], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
