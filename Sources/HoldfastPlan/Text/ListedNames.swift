/// `names` as a list for a message: all of them when they are few, else some, and where the others are described.
///
/// Of many, those nearest to `word` come, nearest first; without a word, the first ones.
func listed(_ names: [String], near word: String? = nil, in document: String = "WritingPlans.md") -> String {
    guard let last = names.last else { return "nothing" }
    guard names.count > 1 else { return last }
    guard names.count > mostListed else { return names.dropLast().joined(separator: ", ") + " or " + last }
    var some = names[...]
    if let word {
        let letters = Array(word.lowercased().prefix(longestWord))
        let ranked = names.enumerated().map { (editDistance(letters, Array($1.lowercased())), $0, $1) }
        some = ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)[...]
    }
    return some.prefix(fewListed).joined(separator: ", ") + " or another of \(document)"
}

/// More names than this do not fit a line that somebody reads.
private let mostListed = 12
/// How many are named of more.
private let fewListed = 8
/// What is longer is no misspelt name, and would take long to compare.
let longestWord = 64
