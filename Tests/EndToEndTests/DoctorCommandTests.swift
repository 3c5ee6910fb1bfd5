import Testing

extension EndToEnd {
    /// `holdfast doctor`: what plans need of this machine.
    @Suite struct DoctorCommandTests {
        @Test func whatThisMachineHas() async throws {
            let ended = try await Program.run(["doctor"], limit: 30)
            #expect(ended.status == 0, "\(ended.errors)")
            for what in ["descriptors of a process", "memory available", "haproxy: /", "nginx: /"] {
                #expect(ended.output.contains(what), "\(ended.output)")
            }
        }

        /// What it says is what `run` says.
        @Test func aPlanThatIsTooLarge() async throws {
            let values = ["sessions=4000000", "establish.rate=1000000/s", "target.balancer={ shards: 1 }"]
            let large = ["Plans/quickstart.yaml"] + Program.settings(values)
            let doctor = try await Program.run(["doctor"] + large, limit: 30)
            #expect(doctor.status == 106)
            #expect(doctor.output.hasPrefix("quickstart: this machine cannot carry it out\n"))
            let short = "SHORT    descriptors of a proxy of 4000000 sessions: 8,000,064 needed"
            #expect(doctor.output.contains(short), "\(doctor.output)")
            #expect(doctor.output.contains("ulimit -Hn 8000064"))
            let run = try await Program.run(["run"] + large, limit: 30)
            #expect(run.status == 106)
            #expect(
                run.errors.contains("descriptors of a proxy of 4000000 sessions: 8000064 are needed"),
                "\(run.errors)"
            )
        }

        @Test func aPlanThatFits() async throws {
            let ended = try await Program.run(["doctor", "Plans/quickstart.yaml"], limit: 30)
            #expect(ended.status == 0, "\(ended.output)")
            #expect(ended.output.hasPrefix("quickstart: this machine can carry it out\n"))
        }
    }
}
