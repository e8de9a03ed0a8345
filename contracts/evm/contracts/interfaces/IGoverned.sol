// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What an owner and a guardian may do to a contract: the owner (a timelock) sets policies, the guardian stops new risk at once.
/// @dev Neither can move anybody's money, and nothing that returns or pays out money ever asks for the pause.
interface IGoverned {
    event GuardianSet(address indexed guardian);
    event PauseSet(bool isPaused, address indexed setBy);

    error GuardianOnly(address caller);
    error Paused();

    /// @notice Refuses what takes new risk from now on. Guardian and owner only.
    function pause() external;

    /// @notice Takes new risk again. Guardian and owner only.
    function unpause() external;

    /// @notice Names another guardian, or none (zero). Owner only.
    function setGuardian(address newGuardian) external;

    function guardian() external view returns (address);

    function isPaused() external view returns (bool);
}
